"""What differs between two versions of a machine: the fields of its state, and its interface.

Nothing here decides anything; `derive` does, for states.
"""

from __future__ import annotations

from dataclasses import dataclass

from camshaft.bytecode.program import Method, Program
from camshaft.values.types import Record, Type, show


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of the state that both versions have, at two types."""

    name: str
    old: Type
    new: Type

    def __str__(self) -> str:
        return f"`{self.name}`: {show(self.old)} -> {show(self.new)}"


@dataclass(frozen=True, slots=True)
class StateChanges:
    """The fields of a new state against those of the old one, each name in exactly one of the tuples."""

    kept: tuple[str, ...]
    added: tuple[tuple[str, Type], ...]
    dropped: tuple[tuple[str, Type], ...]
    changed: tuple[FieldChange, ...]
    reordered: bool
    """Whether the fields that both have stand in another order, which people do not see but the encoding does."""

    @property
    def none(self) -> bool:
        """Whether the two states are of one type."""
        return not (self.added or self.dropped or self.changed or self.reordered)


def compare_states(old: Record, new: Record) -> StateChanges:
    """Match the fields of two states by name."""
    shared = [label for label, _ in new.fields if label in old.positions]
    return StateChanges(
        kept=tuple(label for label in shared if old.field(label) is new.field(label)),
        added=tuple((label, type_) for label, type_ in new.fields if label not in old.positions),
        dropped=tuple((label, type_) for label, type_ in old.fields if label not in new.positions),
        changed=tuple(
            FieldChange(label, old.fields[old.positions[label]][1], type_)
            for label, type_ in new.fields
            if label in old.positions and old.field(label) is not type_
        ),
        reordered=[label for label, _ in old.fields if label in new.positions] != shared,
    )


@dataclass(frozen=True, slots=True)
class InterfaceChanges:
    """The methods of a new version against those of the old one, by name."""

    added: tuple[str, ...]
    dropped: tuple[str, ...]
    changed: tuple[str, ...]
    """Those that a client of the old version can no longer call as it did, or whose answers it may not understand."""


def compare_interfaces(old: Program, new: Program) -> InterfaceChanges:
    """Match the methods of two versions by name."""
    before = {method.name: method for method in old.methods}
    after = {method.name: method for method in new.methods}
    return InterfaceChanges(
        added=tuple(name for name in after if name not in before),
        dropped=tuple(name for name in before if name not in after),
        changed=tuple(
            name
            for name, method in after.items()
            if name in before and _interface(old, before[name]) != _interface(new, method)
        ),
    )


def _interface(program: Program, method: Method) -> object:
    refusals = {name: program.refusal(name) for name in method.refusals}
    return method.parameters, method.result, refusals


def signature(method: Method) -> str:
    """A method as people read it: `move(x: Int, y: Int) -> Bool`."""
    parameters = ", ".join(f"{parameter.name}: {show(parameter.type)}" for parameter in method.parameters)
    result = show(method.result)
    return f"{method.name}({parameters})" + ("" if result == "()" else f" -> {result}")
