"""Machines and their instances: who runs what, in which state.

Rule: whoever wants an instance asks its machine (`Machine.instance`, `each`, `states`), which hands it out under the
program that it should run under by now. The table itself is nobody else's: what is in it may be behind.

An instance points to its program, so that an upgrade moves pointers. It has a cell and no address of its own: the
key is the table's, one string for each instance, and a hundred thousand idle counters stay small.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, KeysView
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from camshaft.execution.interpreter import DEFAULT_FUEL
from camshaft.runtime.catalog import Loaded
from camshaft.runtime.undoable import MOST_KEPT, Undoable
from camshaft.values.address import Address

if TYPE_CHECKING:
    from camshaft.runtime.rollout import RunningRollout


VOID: Final = "void: "
"""How history begins to tell of what did not happen; the reason follows."""


class Instance(Struct, gc=False, eq=False):
    """A running machine: its program, and the cell that holds its state, which steps change in place."""

    loaded: Loaded
    cell: Any

    @property
    def state(self) -> Any:
        """The present state as a value. Its containers belong to the cell: whoever keeps it copies."""
        return self.loaded.state_of(self.cell)


class HistoryRecord(Struct, frozen=True, gc=False):
    """A change of a machine's program or setting, or an attempt at one, at a position of the journal.

    `kind` is `deploy`, `upgrade`, `rollback`, `rollout` or `setting`; `outcome` is `deployed`, `upgraded`, `on trial`,
    `canary: …`, `rolled back by …`, what was done about a rollout, `fuel …` or `void: …`; `from_id` is empty for a
    deployment; `time_us` is that of the batch.
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


class Machine:
    """A machine that this node runs: its program, its instances by key (None: the one without), its history."""

    __slots__ = ("_instances", "fuel", "history", "loaded", "name", "rollout", "undoable")

    def __init__(self, name: str, loaded: Loaded) -> None:
        self.name = name
        self.loaded = loaded
        self.fuel = DEFAULT_FUEL
        """The units of fuel that one input may use."""
        self._instances: dict[str | None, Instance] = {}
        self.history: list[HistoryRecord] = []
        self.undoable: list[Undoable] = []
        """The upgrades that are in force, oldest first: a rollback takes the last one back."""
        self.rollout: RunningRollout | None = None
        """That of the last upgrade, while it is under way. Until it has come to all instances, `loaded` is the version
        before it."""

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
        return self._instances.get(key)

    def program_of(self, key: str | None) -> Loaded:
        """The program that an input for a key runs under, whether there is an instance yet or not."""
        instance = self._instances.get(key)
        if instance is not None:
            return instance.loaded
        return self.loaded if self.rollout is None else self.rollout.program_of(key)

    def add(self, key: str | None, instance: Instance) -> None:
        """Put an instance where none was."""
        self._instances[key] = instance

    def each(self) -> Iterator[tuple[str | None, Instance]]:
        """Each instance by its key, oldest first, as `instance` gives it. None may be added meanwhile."""
        yield from self._instances.items()

    def states(self) -> Iterator[tuple[str | None, Any]]:
        """The state of each instance by its key, oldest instance first; see `Instance.state`."""
        for key, instance in self.each():
            yield key, instance.state

    def change_over(self, loaded: Loaded, states: list[Any] | None) -> None:
        """Run another program from here on, new instances too: with these states in the order of `states`, or, for
        None, with every state as it is."""
        instances = self._instances.values()
        if states is not None:
            for instance, state in zip(instances, states, strict=True):
                instance.cell = loaded.make_cell(state)
        for instance in instances:
            instance.loaded = loaded
        self.loaded = loaded

    def replace(self, loaded: Loaded, other: Machine) -> None:
        """Run another program from here on, with the instances of another machine, which lets go of them."""
        self._instances = other._instances
        other._instances = {}
        self.change_over(loaded, None)

    def seen_under(self, loaded: Loaded) -> Machine:
        """The same instances, as a machine whose new instances run another program."""
        seen = Machine(self.name, loaded)
        seen._instances = self._instances
        return seen

    def put_back(self, loaded: Loaded, others: Machine, gone: Iterable[str | None]) -> None:
        """Run another program from here on: some instances go, and those of another machine, which lets go of them,
        take the places of the others with their keys."""
        for key in gone:
            del self._instances[key]
        self._instances.update(others._instances)
        others._instances = {}
        self.loaded = loaded

    def upgraded(self, undoable: Undoable) -> None:
        """Remember an upgrade as the last one in force. The one that is too far back now lets go of its states."""
        self.undoable.append(undoable)
        if len(self.undoable) > MOST_KEPT:
            self.undoable[-1 - MOST_KEPT] = replace(self.undoable[-1 - MOST_KEPT], states=None)

    def page(self, cursor: int, count: int) -> tuple[int, list[Address]]:
        """At most `count` addresses, oldest instance first, and where the next page starts (0: that was the last).

        A cursor stays valid while the machine runs: instances keep their place in the order of their first input, but
        for a rollback by replay, after which that order may be another.
        """
        keys = list(islice(self._instances, cursor, cursor + count))
        end = cursor + len(keys)
        return (end if keys and end < len(self._instances) else 0), [Address(self.name, key) for key in keys]
