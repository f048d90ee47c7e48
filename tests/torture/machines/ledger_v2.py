"""Its second version: `take` takes a note, and `fragile` traps on every other line."""

from __future__ import annotations

from camshaft import Machine, adapter, migration, now
from torture.machines import ledger_v1
from torture.machines.ledger_v1 import Declined, Line


class Ledger(Machine):
    """As before, with the number of notes."""

    lines: list[Line] = []
    notes: int = 0

    def take(self, ticket: int, note: str) -> int:
        """Succeeds."""
        self.lines.append(Line(ticket, 2, now()))
        self.notes += len(note)
        return 10 * len(self.lines) + 2

    def decline(self, ticket: int) -> None:
        """Refuses, after it has written."""
        self.lines.append(Line(ticket, 2, now()))
        raise Declined(ticket)

    def trip(self, ticket: int) -> int:
        """Traps, after it has written."""
        self.lines.append(Line(ticket, 2, now()))
        return self.lines[len(self.lines)].ticket

    def fragile(self, ticket: int) -> int:
        """Traps where that makes an odd number of lines."""
        self.lines.append(Line(ticket, 2, now()))
        assert len(self.lines) % 2 == 0, "an odd number of lines"
        return 10 * len(self.lines) + 2

    def work(self, ticket: int, rounds: int) -> int:
        """Succeeds where the fuel lasts for so many rounds, after it has written."""
        self.lines.append(Line(ticket, 2, now()))
        left = rounds
        while left > 0:
            left -= 1
        return 10 * len(self.lines) + 2

    def count(self) -> int:
        """How many lines there are."""
        return len(self.lines)


@migration
def forward(was: ledger_v1.Ledger) -> Ledger:
    """A note for each line."""
    return Ledger(lines=was.lines, notes=len(was.lines))


@migration
def back(was: Ledger) -> ledger_v1.Ledger:
    """Without the notes."""
    return ledger_v1.Ledger(lines=was.lines)


@adapter(ledger_v1.Ledger.take)
def take(new: Ledger, ticket: int) -> int:
    """With a note of one letter."""
    return new.take(ticket, "-")
