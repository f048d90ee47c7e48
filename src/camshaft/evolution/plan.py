"""What an upgrade would do, for people to read before it is done, and as data for tools.

`json()` gives one object. `version` is 1: later ones may add keys; what is here keeps its meaning as long as it is 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final

from msgspec import to_builtins

from camshaft.bytecode.program import Program
from camshaft.bytecode.rollout import Rollout
from camshaft.evolution.changes import Change, InterfaceChanges, with_refusals
from camshaft.evolution.reversibility import Reversibility
from camshaft.evolution.versions import short

PLAN_VERSION: Final = 1


class MigrationOrigin(Enum):
    """Where the migration of an upgrade comes from."""

    WRITTEN = "written"
    DERIVED = "derived"
    NOT_NEEDED = "not needed"


@dataclass(frozen=True)
class Served:
    """A version that ran before, and its methods that a client of it can no longer call, each with the reason."""

    id: str
    methods: int
    broken: dict[str, str]


@dataclass(frozen=True)
class Rehearsed:
    """What a node found out: it went through a `sample` of the live `instances` in `sample_us`, one after the other.

    `migrates`: whether states change. `waits`: whether inputs wait for those instances that change while the upgrade is
    prepared, which were `held` when this one was; else each follows at its next use. `given_back`: of the sample, how
    many the downgrade gives back exactly; None where there is none.
    """

    instances: int
    sample: int
    sample_us: int
    migrates: bool
    waits: bool
    held: int
    given_back: int | None
    served: tuple[Served, ...]

    @staticmethod
    def of_answer(answer: dict[str, Any]) -> Rehearsed:
        """From what PLAN answers."""
        served = tuple(Served(one["id"], one["methods"], dict(one["broken"])) for one in answer["served"])
        rehearsal = answer["rehearsal"]
        return Rehearsed(
            instances=answer["instances"],
            sample=rehearsal["sample"],
            sample_us=rehearsal["us"],
            migrates=answer["migration"],
            waits=rehearsal["waits"],
            held=rehearsal["held"],
            given_back=answer["given_back"],
            served=served,
        )

    @property
    def work_us(self) -> int:
        """The time that all instances will take, estimated."""
        return self.sample_us * self.instances // self.sample if self.sample else 0

    @property
    def pause_us(self) -> int:
        """How long inputs wait at the upgrade, estimated."""
        return self.sample_us * self.held // self.sample if self.sample else 0


@dataclass(frozen=True)
class Plan:
    """An upgrade of a machine from one program to another."""

    machine: str
    old: Program
    new: Program
    old_id: str
    new_id: str
    state: tuple[Change, ...]
    interface: InterfaceChanges
    migration: MigrationOrigin
    reversibility: Reversibility
    total: bool
    """Whether the migration can fail on no state, fuel aside."""
    loses: tuple[str, ...] = ()
    """The paths in the old state of what is lost."""
    python: Callable[[], list[str]] = list
    """The lines of the migration."""
    migration_name: str | None = None
    """What the author called a written migration."""
    downgrade_name: str | None = None
    """What the author called a written downgrade."""
    served: Mapping[str, str] = field(default_factory=dict)
    """How clients of the old version are served the methods that changed, by name; those that are not served are not
    there."""
    rehearsed: Rehearsed | None = None
    """What a node found out, where one was asked."""
    rollout: Rollout | None = None
    """How it is rolled out, where it is not to all instances at once and for good."""

    def with_rehearsal(self, rehearsed: Rehearsed) -> Plan:
        """The plan with what a node found out. A downgrade that does not give back what there was is none."""
        given_back = rehearsed.given_back
        fails = given_back is not None and given_back < rehearsed.sample
        is_ = Reversibility.IRREVERSIBLE if fails else self.reversibility
        return replace(self, rehearsed=rehearsed, reversibility=is_)

    def text(self) -> str:
        """The plan as people read it."""
        return "\n".join(self._lines())

    def json(self) -> dict[str, Any]:
        """The plan as data."""
        node = self.rehearsed
        found: dict[str, Any] = {
            "version": PLAN_VERSION,
            "machine": self.machine,
            "from": self.old_id,
            "to": self.new_id,
            "state": [change.json() for change in self.state],
            "methods": {
                "added": list(self.interface.added),
                "changed": list(self.interface.changed),
                "dropped": list(self.interface.dropped),
                "hidden": list(self.new.hidden),
            },
            "old_clients": dict(self.served),
            "refusals": [change.json() for change in self.interface.refusals],
            "migration": {
                "origin": self.migration.value,
                "name": self.migration_name,
                "total": self.total,
                "python": "\n".join(self.python()),
            },
            "loses": list(self.loses),
            "class": self.reversibility.value,
            "downgrade": self.downgrade_name,
            "rollout": None if self.rollout is None else to_builtins(self.rollout),
        }
        if node is not None:
            found["node"] = {
                "instances": node.instances,
                "work_us": node.work_us,
                "pause_us": node.pause_us,
                "held": node.held,
                "sample": node.sample,
                "given_back": node.given_back,
                "served": [{"id": one.id, "methods": one.methods, "broken": one.broken} for one in node.served],
            }
        return found

    # ---- lines -----------------------------------------------------------------------------------------------------

    def _lines(self) -> Iterator[str]:
        yield f"upgrade {self.machine} {short(self.old_id)} -> {short(self.new_id)}"
        yield from _listed("state", [str(change) for change in self.state])
        yield from _listed("methods", list(self._method_lines()))
        if self.interface.refusals:
            yield from _listed("refusals", [str(change) for change in self.interface.refusals])
        yield f"  migration: {self._migration_text()}"
        yield from (f"      {line}" if line else "" for line in self.python())
        if self.loses:
            yield from _listed("loses", [f"- {path}" for path in self.loses])
        elif self.migration is not MigrationOrigin.NOT_NEEDED:
            read = "" if self.migration is MigrationOrigin.DERIVED else ": the migration reads every field"
            yield f"  loses:     nothing{read}"
        if self.rehearsed is not None:
            yield from self._node_lines(self.rehearsed)
        yield f"  class:     {self.reversibility.value}"
        yield f"  way back:  {self._way_back_text()}"
        if self.rollout is not None:
            yield f"  rollout:   {self.rollout.text()}"

    def _method_lines(self) -> Iterator[str]:
        changes = self.interface
        after = {method.name: method for method in self.new.methods}
        before = {method.name: method for method in self.old.methods}
        for name in changes.added:
            yield f"+ {with_refusals(after[name])}"
        for name in changes.changed:
            yield f"~ {with_refusals(before[name])}  =>  {with_refusals(after[name])}{self._old_clients(name)}"
        for name in changes.dropped:
            yield f"- {with_refusals(before[name])}{self._old_clients(name)}"
        for name in self.new.hidden:
            yield f"{'' if name in self.old.hidden else '+ '}{with_refusals(after[name])}  (hidden: for adapters alone)"

    def _old_clients(self, name: str) -> str:
        """How clients of the old version are served a method."""
        return f"  (old clients: {self.served.get(name, 'not served')})"

    def _migration_text(self) -> str:
        runs = "total, it can fail on no state" if self.total else "partial, it may fail on an instance"
        match self.migration:
            case MigrationOrigin.NOT_NEEDED:
                return "not needed: the state keeps its type"
            case MigrationOrigin.WRITTEN:
                return f"{f'`{self.migration_name}`, ' * bool(self.migration_name)}as written; {runs}"
            case MigrationOrigin.DERIVED:
                return f"derived; {runs}"

    def _node_lines(self, node: Rehearsed) -> Iterator[str]:
        if node.waits:
            tried = "migrated" if node.migrates else "checked"
            yield f"  instances: {node.instances}, {tried} beforehand in {_time(node.work_us)}, while inputs go on"
            yield f"  held:      {self._held_text(node)}"
        elif not node.migrates:
            yield f"  instances: {node.instances}, all at once, none of them changed"
        else:
            yield f"  instances: {node.instances}, each at its next use, {_time(node.work_us)} in all; nobody waits"
        if node.given_back is not None:
            yield f"  downgrade: gave back {node.given_back} of {node.sample} states exactly as they were"
        for one in node.served:
            count = f"{one.methods - len(one.broken)} of {one.methods} methods"
            yield f"  clients:   of {short(one.id)}: {count} as before"
            adapted = self.served if one.id == self.old_id else {}
            yield from (
                f"    - {name}: {adapted[name]}" if name in adapted else f"    - {reason}"
                for name, reason in one.broken.items()
            )

    def _held_text(self, node: Rehearsed) -> str:
        if not node.held:
            return "none as of now: inputs wait for those that change meanwhile"
        return f"{node.held}, which changed meanwhile: inputs wait for about {_time(node.pause_us)}"

    def _way_back_text(self) -> str:
        """How a rollback would go; its own plan says what it loses."""
        if self.downgrade_name is not None:
            return f"rollback by `{self.downgrade_name}`, as written"
        if self.migration is MigrationOrigin.NOT_NEEDED:
            return "rollback leaves every state as it is"
        if self.migration is MigrationOrigin.DERIVED and not self.loses:
            return "rollback by the downgrade that was derived with it"
        return "rollback by replay: the states as they are now, and the inputs from now on under the old version"


def _listed(what: str, lines: list[str]) -> Iterator[str]:
    if not lines:
        yield f"  {what + ':':<10} unchanged"
        return
    yield f"  {what}:"
    yield from (f"    {line}" for line in lines)


def _time(us: int) -> str:
    return f"{us} µs" if us < 1_000 else f"{us / 1_000:.1f} ms" if us < 1_000_000 else f"{us / 1_000_000:.1f} s"
