"""Machines and their instances: who runs what, in which state.

Rule: whoever wants an instance asks its machine (`Machine.instance`, `each`, `states`), which hands it out under the
program that it should run under by now. The table itself is nobody else's: what is in it may be behind.

An instance has a cell and no address of its own: the key is the table's, one string for each instance, and a hundred
thousand idle counters stay small.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, KeysView
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from camshaft.execution.interpreter import DEFAULT_FUEL
from camshaft.runtime.catalog import Loaded
from camshaft.runtime.migration import Migration
from camshaft.runtime.order import Order
from camshaft.runtime.retries import Retries
from camshaft.runtime.stages import Instance, Stage
from camshaft.runtime.undoable import MOST_KEPT, Kept, Undoable
from camshaft.values.address import Address

if TYPE_CHECKING:
    from camshaft.runtime.preparation import Preparation
    from camshaft.runtime.rollout import RunningRollout


VOID: Final = "void: "
"""How history begins to tell of what did not happen; the reason follows."""
RESTORE: Final = "restore"
"""The kind of record of a state that a journal begins with."""


class HistoryRecord(Struct, frozen=True, gc=False):
    """A change of a machine's program or setting, or an attempt at one, at a position of the journal.

    `kind` is `deploy`, `upgrade`, `rollback`, `rollout`, `setting` or `restore`; `outcome` is `deployed`, `upgraded`,
    `on trial`, `canary: …`, `rolled back by …`, what was done about a rollout, `fuel …`, `restored` or `void: …`;
    `from_id` is empty for a deployment; `time_us` is that of the batch.
    """

    position: int
    time_us: int
    kind: str
    from_id: str
    to_id: str
    outcome: str
    migrated: int

    @property
    def changed_program(self) -> bool:
        """Whether the machine ran another program from here on."""
        return self.from_id != self.to_id


class Use(Struct, frozen=True, gc=False):
    """How many inputs came for a version, and when and at which position the last one did: None where a snapshot by a
    Camshaft that did not keep that was begun with."""

    count: int
    last_us: int
    position: int | None


class Machine:
    """A machine that this node runs: its program, its instances by key (None: the one without), its history."""

    __slots__ = (
        "_converting",
        "_instances",
        "_order",
        "_seen",
        "fuel",
        "history",
        "name",
        "passed",
        "preparation",
        "retired",
        "retries",
        "rollout",
        "served",
        "stage",
        "undoable",
        "uses",
    )

    def __init__(self, name: str, loaded: Loaded) -> None:
        self.name = name
        self.fuel = DEFAULT_FUEL
        """The units of fuel that one input may use."""
        self.history: list[HistoryRecord] = []
        self.undoable: list[Undoable] = []
        """The upgrades that are in force, oldest first: a rollback takes the last one back."""
        self.rollout: RunningRollout | None = None
        """That of the last upgrade, while it is under way. Until it has come to all instances, `loaded` is the version
        before it."""
        self.served: dict[tuple[str, str, str], Loaded | str] = {}
        """What runs a method of another interface, or why nothing does, by (interface, program, method); see
        `facades`. Good until another upgrade is in force."""
        self.retired: dict[str, int] = {}
        """The versions, by the ids of their programs, whose clients are no longer served, and since which position."""
        self.retries = Retries()
        self.passed: dict[str, int] = {}
        """The versions that never ran here, which upgrades led through, and the positions where they came in."""
        self.uses: dict[str, Use] = {}
        """Of each version that did not run, the inputs that came for it."""
        self.preparation: Preparation | None = None
        """What is being worked out for an upgrade; it is told of every instance that an input may change."""
        self._instances: dict[str | None, Instance] = {}
        self._order = Order()
        self.stage = Stage(loaded)
        """The end of the way of every instance."""
        self._seen = 0
        """How many of the oldest instances `advance` has found at the end of their way."""
        self._converting: list[Instance] = []
        """Instances whose maps are being brought over."""

    @property
    def loaded(self) -> Loaded:
        """The program that new instances run, and that the others run or are to run."""
        return self.stage.loaded

    @property
    def count(self) -> int:
        """How many instances there are."""
        return len(self._instances)

    @property
    def keys(self) -> KeysView[str | None]:
        """The keys of the instances, oldest first."""
        return self._instances.keys()

    def instance(self, key: str | None) -> Instance | None:
        """The instance of a key under the program that it should run under, None where there is none."""
        instance = self._instances.get(key)
        if instance is not None and instance.stage.next is not None:
            self._go_on(key, instance)
        return instance

    def program_of(self, key: str | None) -> Loaded:
        """The program that an input for a key runs under, whether there is an instance yet or not."""
        if self.rollout is None:
            return self.loaded  # the end of every way; a node asks this for each call
        instance = self._instances.get(key)
        return self.rollout.program_of(key) if instance is None else instance.stage.last.loaded

    def add(self, key: str | None, cell: Any, stage: Stage | None = None) -> None:
        """Put an instance where none was, with a cell of the program of a stage: None is the machine's."""
        stage = self.stage if stage is None else stage
        self._instances[key] = Instance(stage.loaded, cell, stage)
        self._order.add(key)

    def remove(self, key: str | None) -> bool:
        """Let the instance of a key be no more; whether there was one. See `deletion`."""
        instance = self.instance(key)
        if instance is None:
            return False
        # What is kept for a way back is complete only now.
        instance.finish()
        self._leave(key)
        return True

    def _leave(self, key: str | None) -> None:
        del self._instances[key]
        dropped = self._order.remove(key)
        if dropped:
            self._seen = 0
        if self.preparation is not None:
            self.preparation.deleted(key, others_moved=dropped)

    def each(self) -> Iterator[tuple[str | None, Instance]]:
        """Each instance by its key, oldest first, as `instance` gives it. None may be added meanwhile."""
        for key, instance in self._instances.items():
            if instance.stage.next is not None:
                self._go_on(key, instance)
            yield key, instance

    def states(self) -> Iterator[tuple[str | None, Any]]:
        """The state of each instance by its key, oldest instance first; see `Instance.state`."""
        for key, instance in self.each():
            yield key, instance.state

    def states_of(self, keys: Iterable[str | None]) -> Iterator[tuple[str | None, Any]]:
        """The states of some of the instances, as `states`."""
        for key in keys:
            instance = self.instance(key)
            assert instance is not None
            yield key, instance.state

    @property
    def places(self) -> int:
        """How many places there are for `key_at`."""
        return len(self._order)

    def key_at(self, place: int) -> str | None:
        """The key of the instance that came to a place, oldest first; it may have been deleted since."""
        return self._order.key_at(place)

    def _go_on(self, key: str | None, instance: Instance) -> None:
        was_converting = instance.conversions is not None
        instance.go_on(key)
        if instance.conversions is not None and not was_converting:
            self._converting.append(instance)

    def advance(self) -> bool:
        """Let one instance go on, or bring over a few entries of one; whether there may be more to do."""
        order = self._order
        if self._seen < len(order):
            self.instance(order.key_at(self._seen))
            self._seen += 1
            return True
        if not self._converting:
            return False
        if not self._converting[-1].advance():
            self._converting.pop()
        return True

    # ---- another program ---------------------------------------------------------------------------------------------

    def move_on(self, loaded: Loaded, migration: Migration | dict[str | None, Any] | None, kept: Kept | None) -> None:
        """Run another program from here on, new instances too; those that there are follow when they are needed.

        `migration`, None where states stay as they are, cannot fail, or is what it has given for each of them. `kept`
        is told the states before it.
        """
        before, self.stage = self.stage, Stage(loaded)
        before.lead_to(self.stage, migration, kept)
        self.preparation = None
        self._seen = 0

    def change_over(self, loaded: Loaded, states: list[Any]) -> None:
        """Run another program from here on, new instances too: with these states in the order of `states`."""
        self.stage = stage = Stage(loaded)
        self.preparation = None
        for instance, state in zip(self._instances.values(), states, strict=True):
            instance.become(stage, loaded.make_cell(state))
        self._converting = []

    def replace(self, other: Machine) -> None:
        """Run the program of another machine from here on with its instances, which are its no longer."""
        self._instances, self._order, self.stage = other._instances, other._order, other.stage
        self._seen, self._converting, self.preparation = other._seen, other._converting, None
        other._instances, other._order, other._converting = {}, Order(), []

    def as_before(self, undoable: Undoable) -> Machine:
        """A machine of its own as this one was before an upgrade in force whose states are kept."""
        for _ in self.states():
            pass  # what is kept is complete when every instance has gone on, with all that is in it
        assert undoable.kept is not None
        before = undoable.before
        machine = Machine(self.name, before)
        machine.fuel = undoable.fuel
        # By these, inputs of still earlier versions are adapted, as they were then.
        machine.undoable = self.upgrades_before(undoable)
        machine.retired = {id_: since for id_, since in self.retired.items() if since < undoable.position}
        machine.passed = {id_: since for id_, since in self.passed.items() if since < undoable.position}
        for key, state in undoable.kept.states(self.keys):
            machine.add(key, before.make_cell(state))
        return machine

    def seen_under(self, stage: Stage) -> Machine:
        """The same instances, as a machine whose new instances are at another stage."""
        seen = Machine(self.name, stage.loaded)
        seen._instances, seen._order, seen.stage = self._instances, self._order, stage
        seen.undoable, seen.served = self.undoable, self.served
        seen.retired, seen.uses = self.retired, self.uses
        return seen

    def without_instances(self) -> Machine:
        """A machine at the same stage and of the same past, with no instances yet."""
        empty = Machine(self.name, self.loaded)
        empty.fuel, empty.stage = self.fuel, self.stage
        empty.undoable, empty.served, empty.retired = self.undoable, self.served, self.retired
        return empty

    def put_back(self, others: Machine, gone: Iterable[str | None]) -> None:
        """Be at the stage of another machine from here on: some instances go, and those of the other, which lets go of
        them, take the places of those with their keys."""
        for key in gone:
            self._leave(key)
        for key in others._instances:
            if key not in self._instances:
                self._order.add(key)
        self._instances.update(others._instances)
        self.stage, self._seen, self.preparation = others.stage, 0, None
        others._instances, others._order = {}, Order()

    def used(self, interface: str, time_us: int, position: int) -> None:
        """Count an input that came at a time, at a position, for a version that did not run."""
        was = self.uses.get(interface)
        self.uses[interface] = Use(1 if was is None else was.count + 1, time_us, position)

    def upgraded(self, undoable: Undoable) -> None:
        """Remember an upgrade as the last one in force. The one that is too far back now lets go of its states."""
        self.undoable.append(undoable)
        self.served.clear()
        self.preparation = None
        if len(self.undoable) > MOST_KEPT:
            kept = self.undoable[-1 - MOST_KEPT].kept
            if kept is not None:
                kept.forget()
            self.retries.forget_positions_before(self.undoable[-MOST_KEPT].position)

    def went_back(self) -> Undoable:
        """Take the last upgrade off those that are in force."""
        self.served.clear()
        return self.undoable.pop()

    def upgrades_before(self, undoable: Undoable) -> list[Undoable]:
        """The upgrades that were in force before one of those that are."""
        return [upgrade for upgrade in self.undoable if upgrade.position < undoable.position]

    def page(self, cursor: int, count: int) -> tuple[int, list[Address]]:
        """At most `count` addresses, oldest instance first, and where the next page starts (0: that was the last).

        A cursor stays valid while the machine runs: instances keep their place in the order of their first input, but
        for a rollback by replay, after which that order may be another. Where many were deleted a page may be short, or
        empty, and not the last.
        """
        following, keys = self._order.page(cursor, count)
        return following, [Address(self.name, key) for key in keys]
