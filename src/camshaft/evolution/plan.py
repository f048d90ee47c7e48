"""What an upgrade would do, for people to read before it is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from camshaft.bytecode.program import Program
from camshaft.evolution.changes import InterfaceChanges, StateChanges, signature
from camshaft.evolution.versions import short
from camshaft.values.types import Record, show


class MigrationOrigin(Enum):
    """Where the migration of an upgrade comes from."""

    WRITTEN = "written"
    DERIVED = "derived"
    NOT_NEEDED = "not needed"


@dataclass(frozen=True)
class Plan:
    """An upgrade of a machine from one program to another."""

    machine: str
    old: Program
    new: Program
    old_id: str
    new_id: str
    state: StateChanges
    interface: InterfaceChanges
    migration: MigrationOrigin
    migration_name: str | None = None
    """What the author called a written migration."""
    downgrade_name: str | None = None
    """What the author called a written downgrade."""
    served: Mapping[str, str] = field(default_factory=dict)
    """How clients of the old version are served the methods that changed, by name; those that are not served are not
    there."""
    instances: int | None = None
    """How many live instances it migrates, where a node has said so."""

    def with_instances(self, instances: int) -> Plan:
        """The plan with the number of live instances that a node has."""
        return replace(self, instances=instances)

    def text(self) -> str:
        """The plan as people read it."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"upgrade {self.machine} {short(self.old_id)} -> {short(self.new_id)}"
        yield from self._state_lines()
        yield from self._interface_lines()
        if self.new.invariants:
            yield f"  invariant: {', '.join(self.new.invariants)}, checked on each instance"
        yield f"  migration: {self._migration_text()}"
        if self.instances is not None:
            yield f"  instances: {self.instances}, all at once"
        yield f"  way back:  {self._way_back_text()}"

    def _state_lines(self) -> Iterator[str]:
        if self.state.none:
            yield "  state:     unchanged"
            return
        old, new = self.old.state, self.new.state
        assert isinstance(old, Record)
        assert isinstance(new, Record)
        yield "  state:"
        for label, type_ in new.fields:
            if label in self.state.kept:
                yield f"      {label}: {show(type_)}"
            elif label not in old.positions:
                yield f"    + {label}: {show(type_)}"
        for change in self.state.changed:
            yield f"    ~ {change.name}: {show(change.old)} -> {show(change.new)}"
        for label, type_ in self.state.dropped:
            yield f"    - {label}: {show(type_)}"

    def _interface_lines(self) -> Iterator[str]:
        changes = self.interface
        if not (changes.added or changes.dropped or changes.changed):
            yield "  methods:   unchanged"
            return
        yield "  methods:"
        after = {method.name: method for method in self.new.methods}
        before = {method.name: method for method in self.old.methods}
        for name in changes.added:
            yield f"    + {signature(after[name])}"
        for name in changes.changed:
            yield f"    ~ {signature(before[name])}  =>  {signature(after[name])}{self._old_clients(name)}"
        for name in changes.dropped:
            yield f"    - {signature(before[name])}{self._old_clients(name)}"

    def _old_clients(self, name: str) -> str:
        """How clients of the old version are served a method."""
        return f"  (old clients: {self.served.get(name, 'not served')})"

    def _migration_text(self) -> str:
        match self.migration:
            case MigrationOrigin.NOT_NEEDED:
                return "not needed: the state keeps its type"
            case MigrationOrigin.WRITTEN:
                return f"`{self.migration_name}`, as written" if self.migration_name else "as written"
            case MigrationOrigin.DERIVED:
                added = ", ".join(f"`{label}`" for label, _ in self.state.added)
                return f"derived: new with its default: {added}" if added else "derived: only the order changes"

    def _way_back_text(self) -> str:
        """How a rollback would go; its own plan says what it loses."""
        if self.downgrade_name is not None:
            return f"rollback by `{self.downgrade_name}`, as written"
        if self.migration is MigrationOrigin.NOT_NEEDED:
            return "rollback leaves every state as it is"
        return "rollback by replay: the states as they are now, and the inputs from now on under the old version"
