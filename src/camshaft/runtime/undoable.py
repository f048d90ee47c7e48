"""An upgrade that is in force, with what it takes to undo it.

The states as they were before a migration are kept as canonical bytes: a fraction of the memory of live values, and
nothing that a step could change. An upgrade without a migration keeps none, since every state stayed as it was; the way
back from it leaves the states alone too. Decision 19 says what else was considered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
from msgspec import Struct

from camshaft.bytecode.rollback import DOWNGRADE, REPLAY
from camshaft.runtime.catalog import Loaded
from camshaft.runtime.migration import Migration
from camshaft.values.codec import decode_raw, encode, from_raw
from camshaft.values.types import Type

MOST_KEPT: Final = 8
"""How many upgrades of a machine keep the states before them, the latest ones.

Part of what a journal means: with another number, a rollback in an old journal could have another outcome.
"""

_states_encoder: Final = msgspec.msgpack.Encoder()
_states_decoder: Final = msgspec.msgpack.Decoder(list[tuple[str | None, bytes]])


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
    states: bytes | None
    """The states before it, by `kept`; None where they stayed as they were, or are no longer kept."""
    fuel: int
    """The units of fuel of an input at that position."""

    @property
    def ways(self) -> tuple[str, ...]:
        """How it can be undone, the way that is taken unless another is asked for first."""
        by_code = self.downgrade is not None or not self.migrated
        return ((DOWNGRADE,) if by_code else ()) + ((REPLAY,) if self.states is not None else ())


def kept(type_: Type, states: Iterable[tuple[str | None, Any]]) -> bytes:
    """The states of instances by key, as bytes."""
    return _states_encoder.encode([(key, encode(type_, state)) for key, state in states])


def states_of(type_: Type, data: bytes) -> Iterator[tuple[str | None, Any]]:
    """What `kept` was given."""
    for key, state in _states_decoder.decode(data):
        yield key, from_raw(type_, decode_raw(state))
