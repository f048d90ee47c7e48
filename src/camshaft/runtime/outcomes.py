"""What became of an entry: one outcome for each, decided by the fold and by nothing else.

As with entries, the classes are msgspec's because one is made for every input of a node under load.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from msgspec import Struct

from camshaft.errors import TRAPS, Refused, Rejected, Stale, Where, note_where
from camshaft.values.types import UNIT, Record, Type


class Returned(Struct, frozen=True, gc=False):
    """An input ran to its end; its result, a value of a type."""

    type: Type
    value: Any


class RefusedBy(Struct, frozen=True, gc=False, eq=False):
    """The machine refused an input; the state is as it was. `where` is for people, and no part of the outcome."""

    name: str
    payload_type: Record
    payload: tuple[Any, ...]
    where: Where | None = None

    # Written out: a line comes from notes, which are not part of a program, so that two nodes that run the same
    # program may know different lines, or none. Their outcomes are the same.
    def __eq__(self, other: object) -> bool:
        return isinstance(other, RefusedBy) and self._compared == other._compared

    def __hash__(self) -> int:
        return hash((self.name, self.payload_type))

    @property
    def _compared(self) -> tuple[str, Record, tuple[Any, ...]]:
        return (self.name, self.payload_type, self.payload)


class Trapped(Struct, frozen=True, gc=False, eq=False):
    """A partial operation failed (`kind` is a key of `errors.TRAPS`); the state is as it was. `where` as above."""

    kind: str
    message: str
    where: Where | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Trapped) and (self.kind, self.message) == (other.kind, other.message)

    def __hash__(self) -> int:
        return hash((self.kind, self.message))


class StaleInput(Struct, frozen=True, gc=False):
    """An input was meant for an interface that it does not share with the one in force; nothing ran."""

    reason: str


class Deployed(Struct, frozen=True, gc=False):
    """A machine runs its first program."""

    machine: str
    program_id: str


class Upgraded(Struct, frozen=True, gc=False):
    """A machine runs another program since a position, and its instances were migrated."""

    machine: str
    from_id: str
    to_id: str
    migrated: int
    position: int


class RolledBack(Struct, frozen=True, gc=False):
    """A machine runs the program again that the upgrade at position `undone` replaced, since a position.

    `way` is one of `bytecode.rollback.WAYS`; `instances` is how many there are now.
    """

    machine: str
    from_id: str
    to_id: str
    way: str
    instances: int
    undone: int
    position: int


class Steered(Struct, frozen=True, gc=False):
    """Something was done about a machine's rollout, at a position: `action` is one of `bytecode.rollout.ACTIONS`.

    `share` is how many of a million addresses run the new version since then; `instances` is how many instances do.
    """

    machine: str
    action: str
    share: int
    instances: int
    position: int


class Set(Struct, frozen=True, gc=False):
    """A machine's inputs may use so many units of fuel since a position."""

    machine: str
    fuel: int
    position: int


class Member(Struct, frozen=True, gc=False):
    """A machine of a release: `from_id` is empty where it is new."""

    machine: str
    from_id: str
    to_id: str
    migrated: int


class Released(Struct, frozen=True, gc=False):
    """Several machines run other programs since a position, and some are new."""

    id: str
    members: list[Member]
    position: int


class TakenBack(Struct, frozen=True, gc=False):
    """All that a release had upgraded went back at a position; `left` are the machines that it had deployed."""

    id: str
    """That of the release."""
    members: list[RolledBack]
    left: list[str]
    position: int


class Restored(Struct, frozen=True, gc=False):
    """A journal begins with so many instances, in the states of a snapshot."""

    instances: int


class Retired(Struct, frozen=True, gc=False):
    """Clients of a version of a machine are no longer served since a position, or are served again."""

    machine: str
    interface: str
    retired: bool
    position: int


class Deleted(Struct, frozen=True, gc=False):
    """An instance is no more since a position."""

    machine: str
    key: str | None
    position: int


class Void(Struct, frozen=True, gc=False):
    """A deployment, an upgrade, a rollback, a step of a rollout, a setting or a deletion that did not happen.

    Nothing changed.
    """

    reason: str


Outcome: TypeAlias = (
    Returned
    | RefusedBy
    | Trapped
    | StaleInput
    | Deployed
    | Upgraded
    | RolledBack
    | Steered
    | Set
    | Released
    | TakenBack
    | Restored
    | Retired
    | Deleted
    | Void
)

NOTHING: Final = Returned(UNIT, ())
"""What a method without a result gives: one object for all of them."""


def error_of(outcome: RefusedBy | Trapped | StaleInput | Void) -> Exception:
    """An outcome that is not a success, as the error that a caller in the same process gets."""
    match outcome:
        case RefusedBy():
            refused = Refused(outcome.name, outcome.payload)
            refused.where = outcome.where
            return refused
        case Trapped():
            trap = TRAPS[outcome.kind](outcome.message)
            trap.where = outcome.where
            note_where(trap, trap.where)
            return trap
        case StaleInput():
            return Stale(outcome.reason)
        case Void():
            return Rejected(outcome.reason)
