"""The states that an upgrade would give, worked out beforehand, an instance at a time, while inputs go on.

An upgrade that can fail needs the new state of every instance before it may happen. That of an instance which no input
has changed since is the same at the upgrade's position as it was here; only for the others the migration runs again.
They are gone over again beforehand for as long as that leaves ever fewer of them, as a running computer's memory is
copied to another one ("Live Migration of Virtual Machines", NSDI 2005, calls it pre-copy).

Rule: a preparation decides nothing. With it or without, an upgrade has the same outcome at its position.
"""

from __future__ import annotations

from typing import Any

from camshaft.bytecode.upgrade import Upgrade
from camshaft.runtime.catalog import Loaded
from camshaft.runtime.instances import Machine
from camshaft.runtime.invariants import check_states
from camshaft.runtime.migration import Migration


class Preparation:
    """New states of a machine's instances, by key. While it is the machine's, the machine says what changes."""

    __slots__ = ("_after", "_again", "_changed", "_machine", "_migration", "_round", "_seen", "_upgrade", "states")

    def __init__(self, machine: Machine, after: Loaded, migration: Migration | None, upgrade: Upgrade) -> None:
        self._machine = machine
        self._after = after
        self._migration = migration
        self._upgrade = upgrade
        self._seen = 0
        self._changed: dict[str | None, None] = {}
        """The keys of instances that an input may have changed after they were seen."""
        self._again: list[str | None] = []
        """Those of them that are yet to be gone over in this round."""
        self._round = machine.count
        """How many instances this round goes over, the first one over all."""
        self.states: dict[str | None, Any] = {}
        machine.preparation = self

    @property
    def name(self) -> str:
        """The machine's name."""
        return self._machine.name

    def is_for(self, upgrade: Upgrade) -> bool:
        """Whether this is what an upgrade of the machine would do."""
        mine = self._upgrade
        return (mine.program, mine.migration) == (upgrade.program, upgrade.migration)

    def advance(self) -> bool:
        """Work out one state; whether there are more. Raises `Rejected` where the upgrade fails on that instance."""
        if self._machine.preparation is not self:
            return False
        if self._seen < self._machine.places:
            key = self._machine.key_at(self._seen)
            # A place may have been left, and an instance may have come again at a later one.
            if key in self._machine.keys and key not in self.states and key not in self._changed:
                self._add([key])
            self._seen += 1
        elif self._again:
            key = self._again.pop()
            if key in self._changed:
                self._add([key])
                del self._changed[key]
        return self._seen < self._machine.places or bool(self._again) or self._begins_round()

    def _begins_round(self) -> bool:
        """Go over those that changed once more, unless inputs change them about as fast as this goes over them."""
        changed = len(self._changed)
        if not changed or 2 * changed > self._round:
            return False
        self._again, self._round = list(self._changed), changed
        return True

    def complete(self) -> None:
        """Work out the states that are missing. Raises `Rejected` as `advance` does."""
        while self.advance():
            pass
        self._add(list(self._changed))
        self._changed.clear()

    @property
    def missing(self) -> int:
        """How many states are to be worked out yet."""
        return self._machine.count - len(self.states)

    def changed(self, key: str | None) -> None:
        """Forget the state of an instance that an input may have changed."""
        if self.states.pop(key, self) is not self:
            self._changed[key] = None

    def deleted(self, key: str | None, *, others_moved: bool) -> None:
        """Forget an instance that is no more; `others_moved`: where the others are is no longer what it was."""
        self.states.pop(key, None)
        self._changed.pop(key, None)
        if others_moved:
            self._seen = 0

    def close(self) -> None:
        """Be the machine's no longer."""
        if self._machine.preparation is self:
            self._machine.preparation = None

    def _add(self, keys: list[str | None]) -> None:
        name = self._machine.name
        states = list(self._machine.states_of(keys))
        if self._migration is not None:
            becoming = self._migration.of_all(name, states)
            states = [(key, state) for (key, _), state in zip(states, becoming, strict=True)]
        check_states(self._after, name, states)
        if self._migration is None:
            # Every state stays as it is: that it may is all there is to know.
            states = [(key, None) for key, _ in states]
        self.states.update(states)
