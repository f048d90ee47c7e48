"""Snapshots in a data directory: files that are whole or not there, each with the position that it stands for.

A snapshot spares recovery the entries before it. It is written under another name, synced, and renamed; the one before
stays, for the case that this one cannot be read. Nothing but the time of a recovery depends on either: the journal has
every entry.

    b"camshaft-snapshot\\n", version (u32), then frames: length (u32), checksum (u32), bytes; the last frame is empty

A frame's checksum is a CRC-32 that begins with that of the frame before, so that none can be missing or elsewhere.

Rule: this layer knows positions and frames. It does not know what is in one.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import Final
from zlib import crc32

from camshaft.errors import Rejected
from camshaft.journal.directory import sync_directory

FORMAT_VERSION: Final = 1
MOST_FRAME_BYTES: Final = 2**31
KEPT: Final = 2
"""How many snapshots stay, the newest ones."""

_MAGIC: Final = b"camshaft-snapshot\n"
_VERSION: Final = Struct("<I")
_FRAME: Final = Struct("<II")
_NAME: Final = re.compile(r"snapshot-(\d{20})")


class DamagedSnapshot(Rejected):
    """A snapshot's file is not what was written; recovery goes on with the one before, or with the journal alone."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} is damaged: {reason}")


class NoBeginning(Rejected):
    """A journal was cut off, and no snapshot is there that the rest of it follows."""

    def __init__(self, begin: int, unusable: Iterable[str] = ()) -> None:
        super().__init__(
            f"the journal begins at position {begin}, since what came before was removed, and no snapshot that it "
            f"follows is there{''.join(f'; {reason}' for reason in unusable)}: restore a backup of the data directory"
        )


@dataclass(frozen=True, slots=True)
class SnapshotPolicy:
    """When a node makes a snapshot by itself: after so many entries, or so many bytes of journal. 0 is never."""

    entries: int = 1_000_000
    written_bytes: int = 256 << 20

    def is_due(self, entries: int, written_bytes: int) -> bool:
        """Whether so much since the last snapshot is enough."""
        return 0 < self.entries <= entries or 0 < self.written_bytes <= written_bytes


DEFAULT_POLICY: Final = SnapshotPolicy()


@dataclass(frozen=True, slots=True)
class Retention:
    """How much history a node keeps, at least: what one of these wants is kept. With none given, everything is."""

    entries: int | None = None
    journal_bytes: int | None = None
    seconds: float | None = None

    @property
    def is_everything(self) -> bool:
        """Whether nothing is ever removed."""
        return self.entries is self.journal_bytes is self.seconds is None

    def lets_go(self, entries: int, journal_bytes: int, age_s: float) -> bool:
        """Whether what comes before a point may go, with so much since then."""
        wanted = ((self.entries, entries), (self.journal_bytes, journal_bytes), (self.seconds, age_s))
        return not self.is_everything and all(least is None or there >= least for least, there in wanted)


KEEP_EVERYTHING: Final = Retention()


class Snapshots:
    """The snapshots of a data directory."""

    __slots__ = ("directory",)

    def __init__(self, directory: Path | str) -> None:
        self.directory = Path(directory)

    def newest_first(self) -> list[tuple[int, Path]]:
        """The snapshots that there are, by their positions."""
        found = ((_NAME.fullmatch(path.name), path) for path in self.directory.glob("snapshot-*"))
        return sorted(((int(name[1]), path) for name, path in found if name is not None), reverse=True)

    def path(self, position: int) -> Path:
        """Where the snapshot of a position is."""
        return self.directory / f"snapshot-{position:020d}"

    def write(self, position: int, frames: Iterable[bytes], base: int | None = None) -> Path:
        """Write a snapshot of a position; it is durable, and those that `prune` removes are gone, when this returns.

        The one before is read, and is removed where it is damaged. Raises OSError where the disk is full or fails; then
        the snapshots that there were are as they were.
        """
        before = [path for at, path in self.newest_first() if at < position][:1]
        path = self.path(position)
        draft = path.with_suffix(".new")
        with draft.open("wb") as file:
            file.write(_MAGIC + _VERSION.pack(FORMAT_VERSION))
            checksum = 0
            for frame in frames:
                checksum = crc32(frame, checksum)
                file.write(_FRAME.pack(len(frame), checksum))
                file.write(frame)
            file.write(_FRAME.pack(0, checksum))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        sync_directory(self.directory)
        for one in before:
            if _is_damaged(one):
                one.unlink(missing_ok=True)
        self.prune(base)
        return path

    def copy_to(self, directory: Path, begin: int, end: int) -> None:
        """Copy those of positions after one and up to another that are not damaged: what a journal begins at that was
        cut off there, and what recovery may begin at. Raises `Rejected` where there are none, OSError."""
        copied = 0
        for position, path in self.newest_first():
            if begin < position <= end and not _is_damaged(path):
                shutil.copyfile(path, directory / path.name)
                copied += 1
        if not copied:
            raise NoBeginning(begin)
        sync_directory(directory)

    def prune(self, base: int | None = None) -> None:
        """Remove the snapshots that are older than the last two, and what writers that were killed left.

        Where history is removed, `base` is the position where it may begin: the snapshot there stays, and the one that
        comes after it, so that history can begin there some day.
        """
        found = self.newest_first()
        kept = {position for position, _ in found[:KEPT]}
        if base is not None:
            later = [position for position, _ in found if position >= base]
            kept |= {*later[-2:], *(() if base in later else (found[-1][0],) if found else ())}
        for position, path in found:
            if position not in kept:
                path.unlink(missing_ok=True)
        for draft in self.directory.glob("snapshot-*.new"):
            draft.unlink(missing_ok=True)


def _is_damaged(path: Path) -> bool:
    try:
        for _ in read_frames(path):
            pass
    except DamagedSnapshot:
        return True
    return False


def read_frames(path: Path) -> Generator[bytes, None, None]:
    """The frames of a snapshot, each checked. Raises `DamagedSnapshot` at the first that is not what was written."""
    try:
        with path.open("rb") as file:
            head = file.read(len(_MAGIC) + _VERSION.size)
            if head[: len(_MAGIC)] != _MAGIC or len(head) < len(_MAGIC) + _VERSION.size:
                raise DamagedSnapshot(path, "it does not begin as a snapshot does")
            (version,) = _VERSION.unpack(head[len(_MAGIC) :])
            if version != FORMAT_VERSION:
                raise DamagedSnapshot(
                    path, f"it is of format {version}; this version of Camshaft reads {FORMAT_VERSION}"
                )
            checksum = 0
            while True:
                header = file.read(_FRAME.size)
                if len(header) < _FRAME.size:
                    raise DamagedSnapshot(path, "its end is missing")
                length, expected = _FRAME.unpack(header)
                frame = file.read(length) if length <= MOST_FRAME_BYTES else b""
                checksum = crc32(frame, checksum)
                if len(frame) != length or checksum != expected:
                    raise DamagedSnapshot(path, f"what stands before byte {file.tell()} does not match its checksum")
                if not length:
                    return
                yield frame
    except OSError as error:
        raise DamagedSnapshot(path, f"it cannot be read ({error.strerror})") from error
