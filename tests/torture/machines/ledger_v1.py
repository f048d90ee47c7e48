"""The machine that is tortured, first version: an input that succeeds leaves one line, and nothing else does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from camshaft import Machine, Refusal, now


@dataclass(frozen=True)
class Line:
    """Which input it was, the version that ran it, and when."""

    ticket: int
    version: int
    at: datetime


class Declined(Refusal):
    """As it is meant to be."""

    ticket: int


class Ledger(Machine):
    """Lines, in order. A result tells how many there are, and the version."""

    lines: list[Line] = []

    def take(self, ticket: int) -> int:
        """Succeeds."""
        self.lines.append(Line(ticket, 1, now()))
        return 10 * len(self.lines) + 1

    def decline(self, ticket: int) -> None:
        """Refuses, after it has written."""
        self.lines.append(Line(ticket, 1, now()))
        raise Declined(ticket)

    def trip(self, ticket: int) -> int:
        """Traps, after it has written."""
        self.lines.append(Line(ticket, 1, now()))
        return self.lines[len(self.lines)].ticket

    def fragile(self, ticket: int) -> int:
        """Succeeds in this version."""
        self.lines.append(Line(ticket, 1, now()))
        return 10 * len(self.lines) + 1

    def work(self, ticket: int, rounds: int) -> int:
        """Succeeds where the fuel lasts for so many rounds, after it has written."""
        self.lines.append(Line(ticket, 1, now()))
        left = rounds
        while left > 0:
            left -= 1
        return 10 * len(self.lines) + 1

    def count(self) -> int:
        """How many lines there are."""
        return len(self.lines)
