"""What the ledgers of a node hold after the entries of its journal, worked out in plain Python and nothing else.

It is the oracle of the node: it runs the machine's classes, and knows in its own words what an upgrade, a trial, a way
back, a deletion, a setting and a repeated key mean. It shares no code with the runtime but the classes of the entries.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from camshaft import Refusal
from camshaft.bytecode.upgrade import decode_upgrade
from camshaft.language.occasion import fixed
from camshaft.runtime.entries import Deletion, Entry, Input, Rollback, Setting, Steer, Upgrade
from camshaft.runtime.outcomes import Outcome, RefusedBy, Returned, RolledBack, StaleInput, Trapped, Upgraded, Void
from camshaft.values.times import to_datetime
from torture.machines import ledger_v1, ledger_v2
from torture.versions import version_of

MUCH_WORK: Final = 100_000
"""Rounds that take more fuel than a node is ever set to here, and less than the default."""

Ledger: TypeAlias = ledger_v1.Ledger | ledger_v2.Ledger
Ledgers: TypeAlias = dict[str | None, Ledger]
Ended: TypeAlias = tuple[Any, ...]
"""How an input ended: returned and what, refused and with which ticket, trapped and how, or stale."""
STALE: Final[Ended] = ("stale",)


def ended(outcome: Outcome) -> Ended:
    """The outcome of an input, in the model's words."""
    match outcome:
        case Returned(_, value):
            return ("returned", value)
        case RefusedBy("Declined", _, (ticket,)):
            return ("refused", ticket)
        case Trapped(kind):
            return ("trapped", kind)
        case StaleInput():
            return STALE
    raise AssertionError(f"no input of a ledger ends with {outcome!r}")


@dataclass
class Since:
    """What it takes to do an upgrade's time again without it."""

    ledgers: Ledgers
    is_short: bool
    entries: list[tuple[Entry, int]] = field(default_factory=list)


@dataclass
class Model:
    """All that the machine holds. `apply` is told of each entry, and of what the node's fold made of it."""

    version: int = 1
    ledgers: Ledgers = field(default_factory=dict)
    is_short: bool = False
    """Whether much work takes more fuel than there is."""
    shadows: Ledgers | None = None
    """The old version's ledgers, while a trial is under way."""
    since: Since | None = None
    """Since the upgrade in force."""
    answers: dict[str, Ended] = field(default_factory=dict)

    def apply(self, entry: Entry, time_us: int, outcome: Outcome) -> None:
        """Do what an entry means. An input must have ended as it does here; whether a change happened is told."""
        match entry:
            case Input():
                here = self._input(entry, time_us, ended(outcome))
                assert ended(outcome) == here, f"{entry} ended as {outcome}, by the model as {here}"
                return
            case _ if isinstance(outcome, Void):
                return
            case Setting(_, fuel):
                self.is_short = fuel is not None
                self._remember(entry, time_us)
            case Deletion(_, key):
                self.ledgers.pop(key, None)
                if self.shadows is not None:
                    self.shadows.pop(key, None)
                self._remember(entry, time_us)
            case Upgrade() if isinstance(outcome, Upgraded):
                self._upgrade(is_trial=_is_trial(entry))
            case Rollback() if isinstance(outcome, RolledBack):
                self._go_back(outcome.way)
            case Steer(_, _, _, "confirm"):
                self.shadows = None

    def _input(self, entry: Input, time_us: int, told: Ended) -> Ended:
        if entry.idempotency is not None and entry.idempotency in self.answers:
            return self.answers[entry.idempotency]
        made_for = version_of()[entry.interface]
        if made_for > self.version and told == STALE:
            here = STALE  # the version that it was made for was taken back: whether it has a form here is told
        else:
            self._remember(entry, time_us)
            here = self._run_on_all(entry, made_for, time_us)
        if entry.idempotency is not None:
            self.answers[entry.idempotency] = here
        return here

    def _run_on_all(self, entry: Input, made_for: int, time_us: int) -> Ended:
        here = _run(self.ledgers, self.version, self.is_short, entry, made_for, time_us)
        if self.shadows is None or (made_for == 2 and entry.method == "take"):
            return here
        old = _run(self.shadows, 1, self.is_short, entry, made_for, time_us)
        if here[0] != "returned" and old[0] == "returned":
            self._go_back("trial")
            return old
        return here

    def _upgrade(self, *, is_trial: bool) -> None:
        self.since = Since(dict(self.ledgers), self.is_short)
        # A ledger is never changed, but replaced: one object can be in both.
        self.shadows = dict(self.ledgers) if is_trial else None
        self.ledgers = {key: _migrated(ledger) for key, ledger in self.ledgers.items()}
        self.version = 2

    def _go_back(self, way: str) -> None:
        assert self.since is not None
        match way:
            case "trial":
                assert self.shadows is not None
                self.ledgers = self.shadows
            case "downgrade":
                self.ledgers = {key: _downgraded(ledger) for key, ledger in self.ledgers.items()}
            case "replay":
                self.ledgers, self.is_short = self._replayed(self.since)
        self.version, self.shadows, self.since = 1, None, None

    def _replayed(self, since: Since) -> tuple[Ledgers, bool]:
        ledgers, is_short = dict(since.ledgers), since.is_short
        for entry, time_us in since.entries:
            match entry:
                case Input():
                    made_for = version_of()[entry.interface]
                    if not (made_for == 2 and entry.method == "take"):
                        _run(ledgers, 1, is_short, entry, made_for, time_us)
                case Deletion(_, key):
                    ledgers.pop(key, None)
                case Setting(_, fuel):
                    is_short = fuel is not None
        return ledgers, is_short

    def _remember(self, entry: Entry, time_us: int) -> None:
        if self.since is not None:
            self.since.entries.append((entry, time_us))

    def lines(self, key: str | None) -> list[tuple[int, int, Any]]:
        """Of an instance: ticket, version and time of each."""
        ledger = self.ledgers.get(key)
        return [] if ledger is None else [(line.ticket, line.version, line.at) for line in ledger.lines]


def _is_trial(entry: Upgrade) -> bool:
    return decode_upgrade(entry.upgrade).rollout is not None


def _migrated(ledger: Ledger) -> Ledger:
    return ledger_v2.Ledger(lines=ledger.lines, notes=len(ledger.lines))


def _downgraded(ledger: Ledger) -> Ledger:
    return ledger_v1.Ledger(lines=ledger.lines)


def _run(ledgers: Ledgers, version: int, is_short: bool, entry: Input, made_for: int, time_us: int) -> Ended:
    """Run an input on the ledgers of a version. The ledger it ran on is replaced by another where it succeeded."""
    before = ledgers.get(entry.key)
    kind = ledger_v1.Ledger if version == 1 else ledger_v2.Ledger
    ledger = kind() if before is None else copy.copy(before)
    ledger.lines = list(ledger.lines)
    arguments = list(entry.arguments)
    if entry.method == "work" and arguments[1] >= MUCH_WORK and is_short:
        return ("trapped", "OutOfFuel")
    if entry.method == "take" and version == 2 and made_for == 1:
        arguments.append("-")
    with fixed(now=to_datetime(time_us)):
        try:
            result = getattr(ledger, entry.method)(*arguments)
        except Refusal as refused:
            return ("refused", *refused.args)
        except (IndexError, AssertionError) as trap:
            return ("trapped", type(trap).__name__)
    ledgers[entry.key] = ledger
    return ("returned", result)
