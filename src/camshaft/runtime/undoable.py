"""An upgrade that is in force, with what it takes to undo it.

The states as they were before a migration are kept as canonical bytes: a fraction of the memory of live values, and
nothing that a step could change. An upgrade without a migration keeps none, since every state stayed as it was; the way
back from it leaves the states alone too. Decision 19 says what else was considered.

Where instances are migrated one after the other, a state is kept when its instance is: until then it is the instance's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Any, Final

import msgspec
from msgspec import Struct

from camshaft.bytecode.rollback import DOWNGRADE, REPLAY
from camshaft.runtime.catalog import Loaded
from camshaft.runtime.conversion import Keeper
from camshaft.runtime.migration import Migration
from camshaft.runtime.passing import Step
from camshaft.values.codec import decode_raw, encode, from_raw
from camshaft.values.types import Record, Type

MOST_KEPT: Final = 8
"""How many upgrades of a machine keep the states before them, the latest ones.

Part of what a journal means: with another number, a rollback in an old journal could have another outcome.
"""

_TOGETHER: Final = 256
"""States that are packed together: an object for each would take more than most states do."""

_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(list[tuple[str | None, bytes]])


class PackedKept(Struct, frozen=True, array_like=True):
    """What is kept, as data: the fields of `Kept`, but for its type."""

    count: int
    is_wanted: bool
    blocks: list[bytes]
    recent: list[tuple[str | None, bytes]]
    maps: list[tuple[str | None, dict[int, list[bytes]]]]


class Kept:
    """The states of a machine's instances before an upgrade."""

    __slots__ = ("_blocks", "_maps", "_recent", "_type", "count", "is_wanted", "order")

    def __init__(self, type_: Type, count: int) -> None:
        self._type = type_
        self.count = count
        """How many instances there were: the oldest ones of the machine, however long it goes on."""
        self.is_wanted = True
        self.order: list[str | None] | None = None
        """Their keys in their order, once one of the machine's instances was deleted."""
        self._blocks: list[bytes] = []
        self._recent: list[tuple[str | None, bytes]] = []
        self._maps: dict[str | None, dict[int, Keeper]] = {}
        """Of instances whose maps are brought over entry by entry, the keepers of these maps by field."""

    def add(self, key: str | None, state: Any) -> None:
        """Keep the state of an instance."""
        if not self.is_wanted:
            return
        self._recent.append((key, encode(self._type, state)))
        if len(self._recent) == _TOGETHER:
            self._blocks.append(_encoder.encode(self._recent))
            self._recent = []

    def keeper(self, key: str | None, field: int) -> Keeper:
        """What keeps a map of an instance whose state was added with that map empty."""
        assert isinstance(self._type, Record)
        keeper = Keeper(partial(encode, self._type.fields[field][1]))
        if self.is_wanted:
            self._maps.setdefault(key, {})[field] = keeper
        else:
            keeper.forget()
        return keeper

    def keep_order(self, keys: Iterable[str | None]) -> None:
        """Keep the order of the instances, before one is deleted of those whose keys these are, oldest first."""
        if self.order is None and self.is_wanted:
            self.order = list(islice(keys, self.count))

    def copied(self) -> Kept:
        """What is kept of instances that have all been migrated, once more."""
        copy = Kept(self._type, self.count)
        copy.is_wanted, copy.order = self.is_wanted, self.order
        copy._blocks, copy._recent = list(self._blocks), list(self._recent)
        copy._maps = {
            key: {field: keeper.copied() for field, keeper in keepers.items()} for key, keepers in self._maps.items()
        }
        return copy

    def packed(self) -> PackedKept:
        """What is kept of instances that have all been migrated, as data."""
        maps = [(key, {field: keeper.kept for field, keeper in keepers.items()}) for key, keepers in self._maps.items()]
        return PackedKept(self.count, self.is_wanted, self._blocks, self._recent, maps)

    @classmethod
    def unpacked(cls, type_: Type, packed: PackedKept) -> Kept:
        """What was packed, of states of a type."""
        kept = cls(type_, packed.count)
        kept.is_wanted = packed.is_wanted
        kept._blocks, kept._recent = packed.blocks, packed.recent
        for key, fields in packed.maps:
            for field, entries in fields.items():
                kept.keeper(key, field).kept.extend(entries)
        return kept

    def forget(self) -> None:
        """Let go of everything, and keep nothing from here on."""
        self.is_wanted = False
        self._blocks, self._recent, self.order = [], [], None
        for keepers in self._maps.values():
            for keeper in keepers.values():
                keeper.forget()
        self._maps = {}

    def states(self, keys: Iterable[str | None]) -> Iterator[tuple[str | None, Any]]:
        """The states by key, in the order of the machine's instances, all of which were migrated.

        `keys` has theirs, and may go on with those of later ones; where one was deleted, the order is known here.
        """
        encoded = dict(self._recent)
        for block in self._blocks:
            encoded.update(_decoder.decode(block))
        for key in islice(keys, self.count) if self.order is None else self.order:
            state = from_raw(self._type, decode_raw(encoded[key]))
            for field, keeper in self._maps.get(key, {}).items():
                type_ = self._type.fields[field][1]  # type: ignore[union-attr]  # a map that is kept by itself is a field
                for entries in keeper.kept:
                    state[field].update(from_raw(type_, decode_raw(entries)))
            yield key, state


class Undoable(Struct, frozen=True, eq=False):
    """An upgrade that is in force. All of it is a function of the journal up to the upgrade's position."""

    position: int
    """Where the upgrade stands in the journal."""
    batch: int
    """Where its batch begins, from which a journal can be read."""
    before: Loaded
    after: Loaded
    migrated: bool
    """Whether it changed states; where it did not, going back changes none either."""
    downgrade: Migration | None
    kept: Kept | None
    """The states before it; None where they stayed as they were."""
    fuel: int
    """The units of fuel of an input at that position."""
    steps: tuple[Step, ...]
    """The versions that it leads through, beginning with the one before it, with the adapters for their clients."""
    release: str = ""
    """The id of the release that it is part of, empty where it is of none."""

    @property
    def ways(self) -> tuple[str, ...]:
        """How it can be undone, the way that is taken unless another is asked for first."""
        by_code = self.downgrade is not None or not self.migrated
        by_replay = self.kept is not None and self.kept.is_wanted
        return ((DOWNGRADE,) if by_code else ()) + ((REPLAY,) if by_replay else ())
