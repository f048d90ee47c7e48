"""The ordered durable record, as a protocol: what every journal promises to the engine above it.

A journal knows positions and bytes. It does not know what an entry is, and nothing in this layer may decode one.
Entries written together are one batch: it is durable as a whole or not there at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from struct import Struct as Layout
from typing import Final, Protocol
from zlib import crc32

from msgspec import Struct

from camshaft.errors import CamshaftError, Rejected

_PLACE: Final = Layout("<QQ")


class Batch(Struct, frozen=True, gc=False):
    """Entries that were written together: the position of the first, how many they are, and their bytes."""

    position: int
    count: int
    payload: bytes

    @property
    def end(self) -> int:
        """The position after the last entry of the batch, where the next batch starts."""
        return self.position + self.count


class Durability(Enum):
    """What an acknowledged batch survives, as Redis's `appendfsync` names it."""

    ALWAYS = "always"
    """The death of the machine: it is synced before `append` returns."""
    EVERYSEC = "everysec"
    """The death of the process: it is written before `append` returns, and synced a second later."""
    MEMORY = "memory"
    """Nothing: it is in memory."""


class Journal(Protocol):
    """An append-only sequence of batches whose positions have no gap.

    `tests/journal/test_journal.py` is its specification: every implementation passes it.
    """

    @property
    def begin(self) -> int:
        """The position of its first entry: 0 unless earlier ones were removed."""
        ...

    @property
    def next_position(self) -> int:
        """The position that the next entry gets: the number of entries so far, also of those that were removed."""
        ...

    @property
    def durability(self) -> Durability:
        """What a batch survives once `append` has returned."""
        ...

    @property
    def synced_position(self) -> int:
        """Everything before it survives the death of the machine."""
        ...

    @property
    def sync_s(self) -> float:
        """How many seconds the last `append` took to wait for its sync; 0 where it waits for none."""
        ...

    def append(self, expected_position: int, count: int, payload: bytes) -> None:
        """Write a batch of `count` entries; when this returns, it is as durable as `durability` says.

        Raises `PositionConflict` where `expected_position` is not `next_position`, `JournalFull` where there is no
        room (nothing was written, and trying again later is safe), `JournalFailed` where the medium failed, now or
        when it was to sync what was written before: then it is not known whether the batch is durable, and the journal
        takes nothing more until it is opened again.
        """
        ...

    def read(self, from_position: int = 0) -> Iterator[Batch]:
        """The batches that start at or after a position, in order.

        Raises `DamagedJournal` at the first batch that is not what was written, `RemovedEntries` where the journal
        begins later.
        """
        ...

    def remove_before(self, position: int) -> bool:
        """Remove some of the oldest batches that end at or before a position, so few that nobody notices the time.

        The last batch stays. Whether there may be more to do. Raises `JournalFailed` as `append` does.
        """
        ...

    @property
    def used_bytes(self) -> int:
        """About how many bytes its batches take."""
        ...

    def close(self) -> None:
        """Let go of what the journal holds. Closing twice is allowed."""
        ...


class PositionConflict(Rejected):
    """A batch was meant for another position than the next one: somebody else wrote first."""

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(
            f"a batch was to be written at position {expected}, but the journal continues at position {actual}; "
            "nothing was written"
        )
        self.expected = expected
        self.actual = actual


class JournalFull(Rejected):
    """There is no room for a batch; nothing was written, and the journal goes on once there is room."""


class JournalFailed(CamshaftError):
    """The medium failed while reading or writing.

    After a failed write it is not known whether the batch is durable, so nothing more is taken.
    """


class DirectoryInUse(Rejected):
    """A data directory belongs to a node that runs."""


class UnknownFormat(Rejected):
    """A data directory was written in a format that this version of Camshaft does not read."""


class DamagedJournal(Rejected):
    """A journal's file is not what was written. Every entry before `position` is intact.

    `path` is the file, `reason` what is wrong with it, `begin` the position of its first entry.
    """

    def __init__(self, path: Path, position: int, reason: str, begin: int = 0) -> None:
        self.path = path
        self.position = position
        self.reason = reason
        if position <= begin:
            remedy = "No entry in it can be read: restore a backup of the data directory."
        else:
            one = f"The entry at position {begin} is"
            intact = one if position == begin + 1 else f"Positions {begin} to {position - 1} are"
            remedy = (
                f"{intact} intact: `camshaft recover --data {path.parent} --to NEWDIR` copies that part into a new "
                "data directory."
            )
        super().__init__(
            f"{path} is damaged at position {position}: {reason}. Nothing was started and nothing was changed. {remedy}"
        )


def checksum(position: int, count: int, payload: bytes) -> int:
    """The CRC-32 of a batch, its place included: a batch that moved is as damaged as one that changed."""
    return crc32(payload, crc32(_PLACE.pack(position, count)))


class RemovedEntries(Rejected):
    """What a journal held at a position was removed, as the node was told to: it begins later."""

    def __init__(self, path: Path | None, position: int, begin: int) -> None:
        self.position = position
        self.begin = begin
        where = "the journal" if path is None else str(path)
        super().__init__(
            f"{where} begins at position {begin}: what came before was removed, also what came at position {position}"
        )


def check_append(next_position: int, expected_position: int, count: int) -> None:
    """The checks that every journal makes before it writes."""
    if count < 1:
        raise ValueError(f"a batch has at least one entry, not {count}")
    if expected_position != next_position:
        raise PositionConflict(expected_position, next_position)
