"""What a rollback would do and lose, as data: a node finds it out, and whoever asked reads it, as text or JSON.

Nothing here decides anything. Types and outcomes are text, for people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import Struct, field

from camshaft.errors import Rejected

DOWNGRADE: Final = "downgrade"
"""Back by code: the upgrade's downgrade for each state, or nothing where the upgrade had left the states alone."""
REPLAY: Final = "replay"
"""Back by history: the states before the upgrade, and the inputs since then under the old program."""
TRIAL: Final = "trial"
"""Back to what the old version made of the same inputs beside the new one, while the upgrade is being rolled out."""
WAYS: Final = (DOWNGRADE, REPLAY, TRIAL)

_HEX_ID: Final = re.compile(r"[0-9a-f]{32}")
_SHORT_ID_DIGITS: Final = 12


def check_rollback_id(id_: str, what: str = "a rollback") -> None:
    """Raises `Rejected` where a text is no id of a rollback (or of what `what` says), each of which has its own."""
    if not _HEX_ID.fullmatch(id_):
        raise Rejected(f"{what}'s id has 32 hex digits")


class Field(Struct, frozen=True):
    """A field of a state; `becomes` is its type after the rollback, where that is another."""

    name: str
    type: str
    becomes: str | None = None


class FieldLosses(Struct, frozen=True):
    """What a downgrade does to the fields of every state."""

    dropped: list[Field]
    """Fields that the old version does not have: lost, but for what the downgrade makes of them."""
    changed: list[Field]
    restored: list[Field]
    """Fields that only the old version has: the downgrade gives each a value."""


class Example(Struct, frozen=True):
    """An input for which the old program makes a difference: what its caller was told, and what it does there."""

    position: int
    instance: str
    method: str
    arguments: list[str]
    was: str
    becomes: str


class Loss(Struct):
    """How many inputs make one kind of difference, and the first of them."""

    count: int = 0
    first: Example | None = None


class InputLosses(Struct):
    """What a replay does with the inputs since the upgrade; one that makes a difference is counted once."""

    inputs: int = 0
    """All of them."""
    unfit: Loss = field(default_factory=Loss)
    """Those that were done, and that the old program has no form of: they will not have happened."""
    refused: Loss = field(default_factory=Loss)
    """Those that were done, and that the old program refuses: they will not have happened either."""
    trapped: Loss = field(default_factory=Loss)
    """Those that were done, and that trap under the old program: as well."""
    different: Loss = field(default_factory=Loss)
    """Those whose callers were told something else than the old program answers."""
    instances: int = 0
    """Instances that are here now, and will not be."""


class RollbackPlan(Struct, frozen=True):
    """A rollback that a node would accept now: from a program to the one that an upgrade had replaced."""

    machine: str
    from_id: str
    to_id: str
    undone: int
    """The position of the upgrade that is taken back."""
    way: str
    ways: list[str]
    """All ways that are open, the one that is taken unless another is asked for first."""
    written: bool
    """Whether the way is by code that the upgrade brought; without it, by downgrade no state is changed."""
    instances: int
    fields: FieldLosses | None
    """What is lost by downgrade; None by replay."""
    inputs: InputLosses | None
    """What is lost by replay or trial; None by downgrade."""

    release: str = ""
    """The id of the release that the upgrade is part of, whose others stay in force; empty where it is of none."""

    @property
    def loses_nothing(self) -> bool:
        """Whether nothing is lost, as far as a plan can know: what a written downgrade does is its author's word."""
        if self.inputs is not None:
            return not (any(loss.count for loss in _losses(self.inputs)) or self.inputs.instances)
        return self.fields is None or not (self.fields.dropped or self.fields.changed)

    def json(self) -> str:
        """The plan as JSON text."""
        return msgspec.json.encode(self).decode()

    def text(self) -> str:
        """The plan as people read it."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        from_, to = self.from_id[:_SHORT_ID_DIGITS], self.to_id[:_SHORT_ID_DIGITS]
        yield f"rollback {self.machine} {from_} -> {to}, which takes back the upgrade at position {self.undone}"
        if self.release:
            yield f"  part of:   release {self.release[:_SHORT_ID_DIGITS]}, whose other machines stay as they are"
        yield f"  way:       {self._way_text()}"
        yield f"  instances: {self.instances}, all at once"
        lost = [*self._field_lines(), *self._input_lines()]
        yield "  loses:     nothing" if self.loses_nothing else "  loses:"
        yield from lost
        for other in self.ways:
            if other != self.way:
                yield f"  other way: {other}, which loses something else: ask for its plan"

    def _way_text(self) -> str:
        if self.inputs is not None:
            inputs = "1 input" if self.inputs.inputs == 1 else f"{self.inputs.inputs} inputs"
            if self.way == TRIAL:
                return f"trial: the old version ran {inputs} beside the new one, and its states are put in"
            return f"replay: the states before the upgrade, and then {inputs} under the old version"
        if self.written:
            return "downgrade: the code that the upgrade brought for it"
        return "downgrade: no state is changed, since the upgrade had changed none"

    def _field_lines(self) -> Iterator[str]:
        if self.fields is None:
            return
        for one in self.fields.dropped:
            yield f"    - {one.name}: {one.type}"
        for one in self.fields.changed:
            yield f"    ~ {one.name}: {one.type} -> {one.becomes}"
        for one in self.fields.restored:
            yield f"    + {one.name}: {one.type}, as the downgrade makes it"

    def _input_lines(self) -> Iterator[str]:
        if self.inputs is None:
            return
        unfit, refused, trapped, different = _losses(self.inputs)
        yield from loss_lines(unfit, "that the old version has no form of")
        yield from loss_lines(refused, "that the old version refuses")
        yield from loss_lines(trapped, "that trap in the old version")
        yield from loss_lines(different, "that the old version answers differently")
        if self.inputs.instances:
            gone = "1 instance" if self.inputs.instances == 1 else f"{self.inputs.instances} instances"
            yield f"    - {gone} of which nothing is left"


class ReleaseRollbackPlan(Struct, frozen=True):
    """The rollback of a whole release that a node would accept now: all of `members` go back, or none."""

    release: str
    """Its id."""
    undone: int
    """Its position."""
    members: list[RollbackPlan]
    back: list[str]
    """Machines of the release that have gone back by themselves before: they stay as they are."""
    left: list[str]
    """Machines that the release deployed: they have no version to go back to, and are left running."""

    @property
    def ways(self) -> tuple[tuple[str, str], ...]:
        """Each machine that goes back, with its way."""
        return tuple((one.machine, one.way) for one in self.members)

    @property
    def loses_nothing(self) -> bool:
        """Whether nothing is lost on any machine, as far as a plan can know."""
        return all(one.loses_nothing for one in self.members)

    def json(self) -> str:
        """The plan as JSON text."""
        return msgspec.json.encode(self).decode()

    def text(self) -> str:
        """The plan as people read it."""
        id_ = self.release[:_SHORT_ID_DIGITS]
        lines = [f"rollback of release {id_}, which was made at position {self.undone}: all of it, or none"]
        lines += [one.text() for one in self.members]
        lines += [f"{name} has gone back already, and stays as it is" for name in self.back]
        lines += [f"{name} was deployed by the release, and is left running" for name in self.left]
        return "\n".join(lines)


def release_plan_from_json(text: str | bytes) -> ReleaseRollbackPlan:
    """The plan that a node has sent. Raises `Rejected` where it is none."""
    try:
        return msgspec.json.decode(text, type=ReleaseRollbackPlan)
    except (msgspec.DecodeError, ValueError) as error:
        raise Rejected(f"the plan of a release's rollback was due, and something else came: {error}") from None


def plan_from_json(text: str | bytes) -> RollbackPlan:
    """The plan that a node has sent. Raises `Rejected` where it is none."""
    try:
        return msgspec.json.decode(text, type=RollbackPlan)
    except (msgspec.DecodeError, ValueError) as error:
        raise Rejected(f"the plan of a rollback was due, and something else came: {error}") from None


def _losses(inputs: InputLosses) -> tuple[Loss, Loss, Loss, Loss]:
    return inputs.unfit, inputs.refused, inputs.trapped, inputs.different


def loss_lines(loss: Loss, what: str) -> Iterator[str]:
    """The lines that say how many inputs were of a kind, and which was the first; none where there was none."""
    if loss.first is None:
        return
    first = loss.first
    call = " ".join((first.instance, first.method, *first.arguments))
    yield f"    - {'1 input' if loss.count == 1 else f'{loss.count} inputs'} {what}"
    yield f"        {'it is' if loss.count == 1 else 'first'} at position {first.position}: {call}"
    yield f"        was: {first.was}; becomes: {first.becomes}"
