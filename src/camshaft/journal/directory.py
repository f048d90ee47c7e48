"""A data directory: who owns it, and how far its journal is known to have come.

The lock is the kernel's (`flock`), so it ends with its process however that ends; the file stays, because removing
it would let a third process lock a file that nobody sees any more.

The mark is the highest position that was durable, in a file of its own, written after each commit and not synced.
SQLite takes a damaged or lost write-ahead log for the end of the log and opens without a word, with less; the mark
is how that is noticed. It is never ahead of what was durable: after a power cut it can only be behind.
"""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import suppress
from pathlib import Path

from camshaft.errors import Rejected
from camshaft.journal.journal import DirectoryInUse

_MARK_DIGITS = 20
_PROBE_BYTES = 1 << 16
"""What SQLite writes beside a journal before it reads a page of it."""


class DirectoryLock:
    """Exclusive ownership of a data directory, which is created where it is absent.

    A process that owns one may pass it to another, as an open file: the kernel then holds it for both, and nobody can
    come in between. Which of the two writes is theirs to agree on.
    """

    def __init__(self, directory: Path) -> None:
        """Raises `DirectoryInUse`, naming the process that owns it, or `Rejected` where it cannot be created."""
        try:
            if not directory.is_dir():
                directory.mkdir(parents=True)
                sync_directory(directory.parent)
            self._descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise _unusable(directory, error) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.pread(self._descriptor, 32, 0).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            raise DirectoryInUse(
                f"data directory {directory} is in use by another node (pid {owner or 'unknown'}); stop that node, or "
                "take it over with --takeover, or give this one a directory of its own with --data"
            ) from error
        self.sign()

    @classmethod
    def passed(cls, descriptor: int) -> DirectoryLock:
        """The lock that another process has passed to this one as an open file. It still says whose it was."""
        lock = cls.__new__(cls)
        lock._descriptor = descriptor
        return lock

    def fileno(self) -> int:
        """The open file that holds the lock."""
        return self._descriptor

    def sign(self) -> None:
        """Say, for whoever finds the directory in use, that this process owns it."""
        # For people alone: a disk that has no room for it is told of by what needs the room.
        with suppress(OSError):
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, f"{os.getpid()}\n".encode("ascii"), 0)

    def release(self) -> None:
        """Give the directory up. Releasing twice is allowed."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def read_mark(directory: Path) -> int | None:
    """The position before which everything is known to have been durable, or None where no mark was left."""
    try:
        content = (directory / "mark").read_bytes()
    except FileNotFoundError:
        return None
    # What a power cut left of an unsynced mark (nothing, zeros) says nothing; it is not damage.
    digits = content[:_MARK_DIGITS]
    if len(content) == _MARK_DIGITS + 1 and digits.isdigit() and content[_MARK_DIGITS:] == b"\n":
        return int(digits)
    return None


class HighWaterMark:
    """The mark of a directory that this process owns, open for writing."""

    def __init__(self, directory: Path) -> None:
        """Raises `Rejected` where it cannot be written."""
        try:
            self._descriptor = os.open(directory / "mark", os.O_WRONLY | os.O_CREAT, 0o644)
        except OSError as error:
            raise _unusable(directory, error) from error

    def advance(self, position: int) -> None:
        """Remember that everything before a position is durable. Called after each commit: one small write."""
        os.pwrite(self._descriptor, b"%020d\n" % position, 0)

    def close(self) -> None:
        """Sync the mark and close it. Closing twice is allowed."""
        if self._descriptor >= 0:
            # A mark that stays behind is allowed, and what else the disk has to say was said before.
            with suppress(OSError):
                os.fsync(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = -1


def _unusable(directory: Path, error: OSError) -> Rejected:
    remedy = "make room" if error.errno == errno.ENOSPC else "make it writable"
    return Rejected(
        f"the data directory {directory} cannot be used: {error.strerror}; {remedy}, or give the node another one with "
        "--data"
    )


def why_unwritable(directory: Path) -> str:
    """Why nothing can be written to a directory, found out by trying; empty where it can. SQLite does not tell."""
    probe = directory / "probe"
    try:
        probe.write_bytes(bytes(_PROBE_BYTES))
        probe.unlink()
    except OSError as error:
        with suppress(OSError):
            probe.unlink(missing_ok=True)
        return str(error.strerror)
    return ""


def sync_directory(directory: Path) -> None:
    """Make the names of the files in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
