"""What a rehearsal found, as data, and as people read it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec
from msgspec import Struct, field

from camshaft.bytecode.rollback import InputLosses, Loss

_SHORT_ID_DIGITS = 12


class Cost(Struct):
    """What the inputs of a method cost in both versions: fuel, measured on some, and time, on all."""

    fuel_inputs: int = 0
    """Of how many inputs the fuel was measured."""
    fuel_was: int = 0
    fuel_becomes: int = 0
    ns_was: int = 0
    ns_becomes: int = 0


class MethodFindings(Struct):
    """What became of the inputs of one method: those that make a difference, by its kind, and their cost."""

    differences: InputLosses
    cost: Cost

    @property
    def different(self) -> int:
        """How many inputs make a difference."""
        return sum(loss.count for loss in _kinds(self.differences))


class StateFindings(Struct):
    """How the states of instances differ in the end: what the migration makes of the old one, and the new one."""

    compared: int = 0
    different: int = 0
    instance: str | None = None
    """The first that differs."""
    position: int | None = None
    """The input after which it does; None: the migration by itself gives another state each time, or none does."""
    differences: list[str] = field(default_factory=list)


class Findings(Struct, frozen=True):
    """An upgrade beside what happened from a position up to another, without that."""

    machine: str
    from_id: str
    to_id: str
    position: int
    end: int
    migrated: int
    migration_ns: int
    methods: dict[str, MethodFindings]
    states: StateFindings

    @property
    def inputs(self) -> int:
        """How many inputs were run."""
        return sum(one.differences.inputs for one in self.methods.values())

    def unexpected(self, allowed: Collection[str] = (), states: bool = False) -> bool:
        """Whether something differs that may not: in the answers of a method, or, unless `states`, in the states."""
        answers = any(one.different and name not in allowed for name, one in self.methods.items())
        return answers or (bool(self.states.different) and not states)

    def json(self) -> str:
        """The findings as JSON text."""
        return msgspec.json.encode(self).decode()

    def text(self) -> str:
        """The findings as people read them."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        from_, to = self.from_id[:_SHORT_ID_DIGITS], self.to_id[:_SHORT_ID_DIGITS]
        yield f"rehearsal {self.machine} {from_} -> {to}, at position {self.position}"
        migrated = "1 instance" if self.migrated == 1 else f"{self.migrated} instances"
        yield f"  upgrade:   checked, {migrated} migrated"
        inputs = "1 input" if self.inputs == 1 else f"{self.inputs} inputs"
        if self.end > self.position:
            yield f"  inputs:    {inputs} of positions {self.position} to {self.end - 1}, through both versions"
        else:
            yield f"  inputs:    none: position {self.position} is where the recording ends"
        for name, one in self.methods.items():
            yield f"    {name}: {_counted(one)}{_fuel(one.cost)}"
        yield f"  time:      {self._time()}"
        for name, one in self.methods.items():
            yield from _difference_lines(name, one.differences)
        yield from self._state_lines()

    def _time(self) -> str:
        upgrade = f"the upgrade {self.migration_ns / 1e6:.1f} ms"
        if not self.inputs:
            return upgrade
        was = sum(one.cost.ns_was for one in self.methods.values()) / self.inputs / 1e3
        becomes = sum(one.cost.ns_becomes for one in self.methods.values()) / self.inputs / 1e3
        return f"{upgrade}; an input {was:.1f} us, then {becomes:.1f} us"

    def _state_lines(self) -> Iterator[str]:
        states = self.states
        if not states.different:
            yield f"  states:    the same in the end ({states.compared} compared)"
            return
        counted = f"{states.different} of {states.compared}"
        yield f"  states:    {counted} differ from what the migration makes of the old ones"
        since = "from the beginning" if states.position is None else f"since position {states.position}"
        yield f"    first {states.instance}, {since}; in the end:"
        yield from (f"      {line}" for line in states.differences)


def _counted(one: MethodFindings) -> str:
    inputs = one.differences.inputs
    return f"{inputs} inputs, {one.different} different" if inputs != 1 else f"1 input, {one.different} different"


def _fuel(cost: Cost) -> str:
    if not cost.fuel_inputs:
        return ""
    was, becomes = cost.fuel_was / cost.fuel_inputs, cost.fuel_becomes / cost.fuel_inputs
    return f", fuel {was:.0f} -> {becomes:.0f} each"


def _kinds(losses: InputLosses) -> tuple[Loss, Loss, Loss, Loss]:
    return losses.unfit, losses.refused, losses.trapped, losses.different


def _difference_lines(name: str, losses: InputLosses) -> Iterator[str]:
    said = (
        "that the new version has no form of",
        "that the new version refuses",
        "that trap in the new version",
        "that the new version answers differently",
    )
    for loss, what in zip(_kinds(losses), said, strict=True):
        if loss.first is None:
            continue
        first = loss.first
        call = " ".join((first.instance, first.method, *first.arguments))
        yield f"  {name}: {'1 input' if loss.count == 1 else f'{loss.count} inputs'} {what}"
        yield f"    {'it is' if loss.count == 1 else 'first'} at position {first.position}: {call}"
        yield f"    was: {first.was}; becomes: {first.becomes}"
