"""What a disk can hold after a power cut.

What was synced is there. What was written since is there or not, whole or in part, each write for itself and in any
order, sector by sector; files that were made, renamed or removed since the directory was synced may have been so or
not. That is what POSIX allows and more than most file systems do. What was written when a sync failed counts as never
synced: the kernel may have dropped it, and says so once.

Source: Pillai et al., "All File Systems Are Not Created Equal" (OSDI 2014), section 3: abstract persistence models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final, assert_never

from torture.trace import DIRECTORY, Create, FailedSync, Operation, Rename, Sync, Truncate, Unlink, Write

SECTOR: Final = 512
"""Bytes that a disk writes as a whole."""


@dataclass
class _Done:
    """A change of a file, and whether it was synced."""

    change: Write | Truncate
    is_durable: bool = False


@dataclass
class _File:
    """A file's bytes up to the first change that is not durable, and all that was done since."""

    durable: bytearray = field(default_factory=bytearray)
    later: list[_Done] = field(default_factory=list)
    doubtful: int = 0
    """How many of these no sync makes durable any more."""

    def sync(self) -> None:
        for done in self.later[self.doubtful :]:
            done.is_durable = True
        if not self.doubtful:
            for done in self.later:
                _change(self.durable, done.change)
            self.later.clear()


class Disk:
    """The files of one directory, with what is durable and what is not yet."""

    def __init__(self, durable: Path | None = None) -> None:
        """A new directory, or one whose files are durable as they are now."""
        found = [] if durable is None else list(durable.iterdir())
        # A socket is a name and nothing else.
        self._files = {path.name: _File(bytearray(path.read_bytes() if path.is_file() else b"")) for path in found}
        self._durable_names = dict(self._files)

    def perform(self, operation: Operation) -> None:
        """Do one more operation."""
        files = self._files
        match operation:
            case Create(name):
                files[name] = _File()
            case Write(name) | Truncate(name):
                files[name].later.append(_Done(operation))
            case Sync(name) if name == DIRECTORY:
                self._durable_names = dict(files)
            case Sync(name):
                files[name].sync()
            case FailedSync(name) if name == DIRECTORY:
                pass
            case FailedSync(name):
                files[name].doubtful = len(files[name].later)
            case Unlink(name):
                del files[name]
            case Rename(name, to):
                files[to] = files.pop(name)
            case _:
                assert_never(operation)

    def as_seen(self, directory: Path) -> None:
        """Write what every process sees now, and a killed one leaves behind."""
        for name, file in self._files.items():
            content = bytearray(file.durable)
            for done in file.later:
                _change(content, done.change)
            (directory / name).write_bytes(content)

    def after_power_cut(self, directory: Path, choose: Random) -> None:
        """Write one of the many things that may be left when the power goes now."""
        names = dict(self._durable_names)
        # The list of files changes in any order too. A name leads to the file that it has now, or had at the last sync.
        for name in sorted(names.keys() | self._files.keys()):
            if choose.random() < 0.5:
                if name in self._files:
                    names[name] = self._files[name]
                else:
                    names.pop(name, None)
        likely = choose.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        for name, file in names.items():
            content = bytearray(file.durable)
            for done in file.later:
                if done.is_durable:
                    _change(content, done.change)
                else:
                    _lose_some(content, done.change, likely, choose)
            (directory / name).write_bytes(content)


def disk_after(operations: Sequence[Operation]) -> Disk:
    """The disk that these operations leave."""
    disk = Disk()
    for operation in operations:
        disk.perform(operation)
    return disk


def _change(content: bytearray, change: Write | Truncate) -> None:
    match change:
        case Write(_, offset, data):
            _reach(content, offset)
            content[offset : offset + len(data)] = data
        case Truncate(_, length):
            del content[length:]
            _reach(content, length)


def _reach(content: bytearray, length: int) -> None:
    content.extend(bytes(max(0, length - len(content))))


def _lose_some(content: bytearray, change: Write | Truncate, likely: float, choose: Random) -> None:
    """Do all, a part or nothing of a change; `likely`: how probable it is that it reached the disk."""
    if choose.random() < likely:
        _change(content, change)
    elif isinstance(change, Write) and choose.random() < 0.5:
        start = change.offset
        while start < change.offset + len(change.data):
            end = min((start // SECTOR + 1) * SECTOR, change.offset + len(change.data))
            if choose.random() < 0.5:
                part = change.data[start - change.offset : end - change.offset]
                _change(content, Write(change.name, start, part))
            start = end
