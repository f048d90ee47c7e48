"""A slice: a part of a journal in one file, to be carried elsewhere and read there.

    MAGIC, then batch after batch: position, count, length, CRC-32 as in a journal, payload; last an empty batch at the
    position where the slice ends, whose payload is the SHA-256 of everything before it

The first batch begins at position 0: where the slice begins later, it is one that stands for all that was before. So a
slice is a journal of its own. As in any journal, nothing here may decode an entry.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from struct import Struct
from types import TracebackType
from typing import BinaryIO, Final

from camshaft.errors import Rejected
from camshaft.journal.journal import Batch, UnknownFormat, check_append, checksum

FORMAT_VERSION: Final = 1
"""The version of the file's layout. A newer one is refused, an older one stays readable for ever."""
MAGIC: Final = b"camshaft-slice"
_HEAD: Final = Struct("<14sH")
_FRAME: Final = Struct("<QQQI")
_MAX_POSITION: Final = 2**63 - 1


class SliceWriter:
    """Writes a slice. The file is there as a whole, under its name, once `finish` was called; or not at all."""

    def __init__(self, path: Path) -> None:
        """Raises `Rejected` where the file exists already or cannot be written."""
        self.path = path
        self._partial = path.with_name(f"{path.name}.part")
        if path.exists():
            raise Rejected(f"{path} exists already: name a file that does not")
        try:
            self._file: BinaryIO = self._partial.open("wb")
        except OSError as error:
            raise Rejected(f"{path} cannot be written: {error.strerror}") from error
        self._digest = hashlib.sha256()
        self._end = 0
        self._write(_HEAD.pack(MAGIC, FORMAT_VERSION))

    def append(self, batch: Batch) -> None:
        """Write the next batch. Raises `PositionConflict` where it is another."""
        check_append(self._end, batch.position, batch.count)
        sum_ = checksum(batch.position, batch.count, batch.payload)
        self._write(_FRAME.pack(batch.position, batch.count, len(batch.payload), sum_))
        self._write(batch.payload)
        self._end = batch.end

    def finish(self) -> int:
        """Write the end, and give the file its name; the position at which the slice ends."""
        digest = self._digest.digest()
        self._write(_FRAME.pack(self._end, 0, len(digest), checksum(self._end, 0, digest)))
        self._write(digest)
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._partial.rename(self.path)
        except OSError as error:
            raise Rejected(f"{self.path} cannot be written: {error.strerror}") from error
        return self._end

    def _write(self, data: bytes) -> None:
        self._digest.update(data)
        try:
            self._file.write(data)
        except OSError as error:
            raise Rejected(f"{self.path} cannot be written: {error.strerror}") from error

    def __enter__(self) -> SliceWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()
        self._partial.unlink(missing_ok=True)


class Slice:
    """A slice that was found to be whole when it was opened: to be read as a journal is."""

    def __init__(self, path: Path) -> None:
        """Raises `Rejected` where it is not what was written, `UnknownFormat` where a later version wrote it."""
        self.path = path
        try:
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            raise Rejected(f"{path} cannot be read: {error.strerror}") from error
        try:
            self.end = self._examine()
        except BaseException:
            # Whatever it was, an interrupt too: a file that nobody was given would stay open.
            self._file.close()
            raise

    def read(self, from_position: int = 0) -> Iterator[Batch]:
        """The batches that start at or after a position, in order."""
        offset = _HEAD.size
        while True:
            # Several readers may be under way: each goes back to where it was.
            self._file.seek(offset)
            position, count, length, _ = _FRAME.unpack(self._file.read(_FRAME.size))
            if count == 0:
                return
            if position >= from_position:
                yield Batch(position, count, self._file.read(length))
            offset += _FRAME.size + length

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _examine(self) -> int:
        """Read all of it once, and give the position of its end."""
        size = os.fstat(self._file.fileno()).st_size
        head = self._file.read(_HEAD.size)
        if len(head) < _HEAD.size or not head.startswith(MAGIC):
            raise Rejected(f"{self.path} is not a slice of a journal")
        (_, version) = _HEAD.unpack(head)
        if version > FORMAT_VERSION:
            raise UnknownFormat(
                f"{self.path} is a slice of format {version}; this version of Camshaft reads formats up to "
                f"{FORMAT_VERSION}: use the version that wrote it, or a later one"
            )
        digest = hashlib.sha256(head)
        expected = 0
        while True:
            frame = self._file.read(_FRAME.size)
            if len(frame) < _FRAME.size:
                raise self._damaged(expected, "it ends before its end")
            position, count, length, sum_ = _FRAME.unpack(frame)
            # What the frame says of its length is believed only as far as the file goes.
            if position != expected or count > _MAX_POSITION - position or length > size - self._file.tell():
                raise self._damaged(expected, "a batch is not where it should be, or longer than the file")
            payload = self._file.read(length)
            if checksum(position, count, payload) != sum_:
                raise self._damaged(expected, "the checksum of a batch does not match its bytes")
            if count == 0:
                if payload != digest.digest() or self._file.tell() != size:
                    raise self._damaged(expected, "the checksum of the whole does not match its bytes")
                return expected
            digest.update(frame)
            digest.update(payload)
            expected = position + count

    def _damaged(self, position: int, reason: str) -> Rejected:
        return Rejected(f"{self.path} is damaged at position {position}: {reason}; copy or export it anew")
