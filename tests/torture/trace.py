"""What processes did to the files of a directory, in order, as the shim recorded it."""

from __future__ import annotations

import heapq
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Final, TypeAlias

_HEAD: Final = struct.Struct("<cHQQI")
DIRECTORY: Final = "."
"""The name of the directory itself: what a sync of it makes durable is which files there are."""


@dataclass(frozen=True, slots=True)
class Create:
    """A file that was not there is there, empty."""

    name: str


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes of a file at an offset."""

    name: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    """A file has this length."""

    name: str
    length: int


@dataclass(frozen=True, slots=True)
class Sync:
    """All that was done to a file, or to the list of files, is durable."""

    name: str


@dataclass(frozen=True, slots=True)
class FailedSync:
    """What was done to a file and not synced yet may never be durable, whatever later syncs say."""

    name: str


@dataclass(frozen=True, slots=True)
class Unlink:
    """A file is gone."""

    name: str


@dataclass(frozen=True, slots=True)
class Rename:
    """A file has another name, and takes the place of what had it."""

    name: str
    to: str


@dataclass(frozen=True, slots=True)
class Sent:
    """Bytes that went out over a socket, and when: whoever listens at this port may have them."""

    port: int
    data: bytes
    at_us: int


Operation: TypeAlias = Create | Write | Truncate | Sync | FailedSync | Unlink | Rename
Numbered: TypeAlias = tuple[int, Operation | Sent]
"""With its number in the order of all processes of a record."""


def read_record(path: Path) -> list[Numbered]:
    """The operations of a process. A last one that was cut off is left out: it was not performed."""
    content = path.read_bytes()
    operations: list[Numbered] = []
    at = 0
    while at + _HEAD.size <= len(content):
        kind, name_length, number, offset, length = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        name = content[at : at + name_length].decode()
        data = content[at + name_length : at + name_length + length]
        at += name_length + length
        if at <= len(content):
            operations.append((number, _operation(kind, name, offset, data)))
    return operations


def in_order(*records: Sequence[Numbered]) -> list[Operation | Sent]:
    """What processes did whose operations have one order."""
    return [operation for _, operation in heapq.merge(*records, key=itemgetter(0))]


def _operation(kind: bytes, name: str, offset: int, data: bytes) -> Operation | Sent:
    match kind:
        case b"C":
            return Create(name)
        case b"W":
            return Write(name, offset, data)
        case b"T":
            return Truncate(name, offset)
        case b"S":
            return Sync(name)
        case b"F":
            return FailedSync(name)
        case b"A":
            return Sent(int(name[1:]), data, offset)
        case b"U":
            return Unlink(name)
        case b"R":
            return Rename(name, data.decode())
    raise AssertionError(f"the shim records no operation {kind!r}")
