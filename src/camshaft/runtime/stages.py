"""Instances, and the versions that each has to go through before anybody may see it.

An upgrade whose migration cannot fail is over when it is known: it adds a stage to the way of its machine's instances.
Each of them goes on when it is needed, or in the background, through every stage by that one's own migration. One with
large maps goes on at once all the same: the maps are brought over in place, entry by entry, while steps use them.

Rule: an instance is handed out at the end of its way only, and who looks at a whole state finds no conversion in it.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from camshaft.bytecode.movement import Moved
from camshaft.runtime.catalog import Loaded
from camshaft.runtime.conversion import Conversion, Convert, Entries, Keeper
from camshaft.runtime.migration import Migration
from camshaft.runtime.undoable import Kept
from camshaft.values.check import zero
from camshaft.values.types import Record

LARGE: Final = 2_000
"""Entries from which on a map is brought over in place: fewer are done in about a millisecond."""
SOME: Final = 100
"""Entries that are brought over at a time."""


class Stage:
    """A version on the way of instances, and how they go on from there, once there is more."""

    __slots__ = ("kept", "loaded", "migration", "next")

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.next: Stage | None = None
        self.migration: Migration | dict[str | None, Any] | None = None
        """What leads to the next stage: code, or the states that it gave; None where states stay as they are."""
        self.kept: Kept | None = None
        """What wants to know the states of instances that go on."""

    def lead_to(self, stage: Stage, migration: Migration | dict[str | None, Any] | None, kept: Kept | None) -> None:
        """Let instances go on from here."""
        self.next, self.migration, self.kept = stage, migration, kept

    @property
    def last(self) -> Stage:
        """The end of the way."""
        stage = self
        while stage.next is not None:
            stage = stage.next
        return stage


class Instance(Struct, gc=False, eq=False):
    """A running machine: its program, and the cell that holds its state, which steps change in place."""

    loaded: Loaded
    held: Any
    """The cell; with conversions in it where there are any."""
    stage: Stage
    conversions: dict[int, Conversion] | None = None
    """The maps that are being brought over, by the fields that they are in."""

    @property
    def cell(self) -> Any:
        """The cell, with all of its maps brought over."""
        self.finish()
        return self.held

    @property
    def state(self) -> Any:
        """The present state as a value. Its containers belong to the cell: whoever keeps it copies."""
        return self.loaded.state_of(self.cell)

    def cell_for(self, method: str, runs: Loaded) -> Any:
        """The cell for a step of a method, which may find maps being brought over where it uses them by key only.

        `runs` is what runs it: the instance's own program, or a facade of it.
        """
        if self.conversions is not None and not runs.keyed(method).issuperset(self.conversions):
            self.finish()
        return self.held

    def become(self, stage: Stage, cell: Any) -> None:
        """Be at another stage from here on, with a cell of its program."""
        self.loaded, self.held, self.stage, self.conversions = stage.loaded, cell, stage, None

    def finish(self) -> None:
        """Bring over at once what is left of maps."""
        if self.conversions is not None:
            for field, conversion in self.conversions.items():
                self.loaded.set_field(self.held, field, conversion.finish())
            self.conversions = None

    def advance(self) -> bool:
        """Bring over a few entries; whether there are more."""
        if self.conversions is None:
            return False
        field, conversion = next(iter(self.conversions.items()))
        done = conversion.advance(SOME)
        if done is not None:
            self.loaded.set_field(self.held, field, done)
            del self.conversions[field]
            if not self.conversions:
                self.conversions = None
        return self.conversions is not None

    def go_on(self, key: str | None) -> None:
        """Go to the end of the way."""
        stage = self.stage
        while stage.next is not None:
            if stage.migration is not None:
                self._migrate(key, stage.migration, stage.next.loaded, stage.kept)
            stage = stage.next
            self.loaded = stage.loaded
        self.stage = stage

    def _migrate(
        self, key: str | None, migration: Migration | dict[str | None, Any], after: Loaded, kept: Kept | None
    ) -> None:
        if isinstance(migration, Migration) and any(self._size(moved.old) >= LARGE for moved in migration.moves):
            self._migrate_in_place(key, migration, after, kept)
            return
        state = self.state
        if kept is not None:
            kept.add(key, state)
        self.held = after.make_cell(migration.pop(key) if isinstance(migration, dict) else migration.of_one(state))

    def _size(self, field: int) -> int:
        return len(self.loaded.get_field(self.held, field))

    def _migrate_in_place(self, key: str | None, migration: Migration, after: Loaded, kept: Kept | None) -> None:
        before, moves, conversions = self.loaded, migration.moves, self.conversions or {}
        for field in conversions.keys() - {moved.old for moved in moves}:
            before.set_field(self.held, field, conversions[field].finish())
        parts = list(before.state_of(self.held))
        maps = {moved.old: parts[moved.old] for moved in moves}
        for moved in moves:
            parts[moved.old] = {}
        rest = tuple(parts)
        if kept is not None:
            kept.add(key, rest)
        self.held = after.make_cell(migration.of_one(rest))
        self.conversions = {}
        for moved in moves:
            keeper = None if kept is None else kept.keeper(key, moved.old)
            self._bring_over(maps[moved.old], moved, _conversion(migration, moved, before, rest), after, keeper)

    def _bring_over(
        self, entries: Entries | Conversion, moved: Moved, convert: Convert, after: Loaded, keeper: Keeper | None
    ) -> None:
        assert self.conversions is not None
        conversion = self.conversions[moved.new] = Conversion(entries, convert, keeper)
        after.set_field(self.held, moved.new, conversion)


def _conversion(migration: Migration, moved: Moved, before: Loaded, rest: tuple[Any, ...]) -> Convert:
    """How entries of a map are brought over: by the migration of a state that holds these entries, and nothing besides
    but what their values depend on."""
    if moved.as_it_was:
        return lambda entries: entries
    type_ = before.state_type
    assert isinstance(type_, Record)
    parts = [rest[at] if at in moved.needs else zero(child) for at, (_, child) in enumerate(type_.fields)]
    old, new = moved.old, moved.new

    def convert(entries: Entries) -> Entries:
        parts[old] = entries
        brought: Entries = migration.of_one(tuple(parts))[new]
        parts[old] = {}
        return brought

    return convert
