"""An engine that begins at a snapshot in place of the beginning of its journal.

    head, then the bytes of a snapshot in pieces (see `snapshot`)

The head says which batch the snapshot follows, by where that begins and by its checksum: a snapshot of another journal,
or of one that has lost its end since, is told from one that fits.

While a rollout is under way there is no snapshot: two versions run beside each other then, on what is not worth a
format of its own for the time that it lasts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final
from zlib import crc32

import msgspec
from msgspec import Struct

from camshaft.errors import Rejected
from camshaft.journal.journal import Batch, Journal
from camshaft.journal.snapshots import DamagedSnapshot, Snapshots, read_frames
from camshaft.runtime.engine import Engine
from camshaft.runtime.replay import Past
from camshaft.runtime.snapshot import restored, snapshot_of

PIECE_BYTES: Final = 16 << 20
"""The most bytes of a snapshot that are in one frame."""


class Link(Struct, frozen=True, array_like=True):
    """What ties a snapshot to its journal: where the last batch before it begins, and the checksum of that."""

    batch: int
    checksum: int

    @classmethod
    def to(cls, batch: Batch) -> Link:
        """The link to a batch."""
        return cls(batch.position, crc32(batch.payload))


class Head(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a snapshot begins with."""

    position: int
    link: Link


_head: Final = msgspec.msgpack.Decoder(Head)


def obstacle(engine: Engine) -> str | None:
    """Why no snapshot can be made of an engine now; None where one can."""
    if engine.position == 0:
        return "the journal is empty"
    running = sorted(engine.rollouts.running)
    return f"a rollout of {', '.join(running)} is under way" if running else None


def frames(engine: Engine, link: Link) -> Iterator[bytes]:
    """The frames of a snapshot of an engine, which has no obstacle and is left alone until the last one is made."""
    yield msgspec.msgpack.encode(Head(engine.position, link))
    data = snapshot_of(engine.catalog, engine.standing, with_kept=True)
    for at in range(0, len(data), PIECE_BYTES):
        yield data[at : at + PIECE_BYTES]


def engine_at(given: Iterable[bytes], past: Past) -> tuple[Engine, Link]:
    """The engine that frames are a snapshot of, and the link to its journal. `past` is as for any engine.

    Raises `Rejected` where they are none.
    """
    pieces = iter(given)
    head = _head_in(next(pieces, b""))
    engine = Engine(past)
    engine.stand_on(restored(b"".join(pieces), engine.catalog))
    engine.position = head.position
    return engine, head.link


def newest_good(
    snapshots: Snapshots, journal: Journal, batch_at: Callable[[int], Batch | None], past: Past, unusable: list[str]
) -> tuple[Engine, int] | None:
    """The engine at the newest snapshot that is whole and belongs to a journal, and where the batch before it begins.

    None where there is none. What is wrong with those that are newer is added to `unusable`.
    """
    for position, path in snapshots.newest_first():
        try:
            engine, link = engine_at(read_frames(path), past)
            _check_belonging(path, position, engine, link, journal.next_position, batch_at)
        except Rejected as error:
            unusable.append(str(error))
            continue
        return engine, link.batch
    return None


def _check_belonging(
    path: Path, position: int, engine: Engine, link: Link, end: int, batch_at: Callable[[int], Batch | None]
) -> None:
    if engine.position != position:
        raise DamagedSnapshot(path, f"it is a snapshot of position {engine.position}")
    if position > end:
        raise DamagedSnapshot(path, f"the journal ends at position {end}, before it")
    batch = batch_at(link.batch)
    if batch is None or batch.end != position or link != Link.to(batch):
        raise DamagedSnapshot(path, "it is a snapshot of another journal")


def head_of(path: Path) -> Head:
    """The head of a snapshot's file. Raises `Rejected` where it has none."""
    with closing(read_frames(path)) as pieces:
        return _head_in(next(pieces, b""))


def _head_in(data: bytes) -> Head:
    try:
        return _head.decode(data)
    except (msgspec.DecodeError, ValueError) as error:
        raise Rejected(f"malformed bytes where the head of a snapshot should be: {error}") from None
