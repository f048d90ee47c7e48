"""Entries of the journal, and the bytes of a batch of them.

A batch is one MessagePack array, version first, made and read by a single call of the codec:

    [1, time in microseconds, seed, [[machine, method, interface], …], [entry, …]]

An input refers to its machine, method and interface by their index in the batch's own table, since a batch under
load holds hundreds of inputs and a handful of those. `[index, key, arguments]` is an input without metadata,
`[index, key, arguments, caller, idempotency, cause]` one with it; every other kind of entry starts with its name:
`["deploy", program, caller, idempotency, cause]`, `["setting", [machine, "fuel", units], …]`, `["rollback", [id,
machine, undone, way], …]`, `["release rollback", [id, release, [[machine, way], …]], …]`, `["rollout", [id, machine,
upgrade, action, share], …]`, `["delete", [machine, key], …]`, `["restore", [positions, snapshot], …]`. A kind that is
not known is an error and never skipped.

The classes are msgspec's and not dataclasses: a frozen one is made in a tenth of the time, and none of them is ever
looked at by the garbage collector, which finds no cycles in values anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias, assert_never

import msgspec
from msgspec import Struct

from camshaft.errors import Rejected
from camshaft.values.codec import with_plain_integers

PAYLOAD_VERSION: Final = 1


class Input(Struct, frozen=True, gc=False):
    """A method of a machine, called on an instance.

    `arguments` is the value of the method's domain: a tuple, checked by whoever made the entry. What was read from a
    journal holds a list instead, as the bytes say it, until the engine knows the types (see `Method.arguments_of`).
    `interface` is the id of the program that the arguments were checked against.
    """

    machine: str
    key: str | None
    method: str
    arguments: tuple[Any, ...] | list[Any]
    interface: str
    caller: str = ""
    idempotency: str | None = None
    cause: str | None = None


class Deploy(Struct, frozen=True, gc=False):
    """The first program of a machine, as its bytes."""

    program: bytes
    caller: str = ""
    idempotency: str | None = None
    cause: str | None = None


class Upgrade(Struct, frozen=True, gc=False):
    """A proposal to replace a machine's program: the bytes of `bytecode.upgrade.Upgrade`. The fold decides on it."""

    upgrade: bytes
    caller: str = ""
    idempotency: str | None = None
    cause: str | None = None


class Release(Struct, frozen=True, gc=False):
    """A proposal of upgrades and deployments: the bytes of `bytecode.release.Release`. The fold decides on it."""

    release: bytes
    caller: str = ""
    idempotency: str | None = None
    cause: str | None = None


class Setting(Struct, frozen=True, gc=False):
    """A setting of a machine from here on: `fuel`, the units that one input may use; None: the default again."""

    machine: str
    fuel: int | None
    caller: str = ""
    idempotency: str | None = None
    cause: str | None = None


class Rollback(Struct, frozen=True, gc=False):
    """A proposal to take a machine's last upgrade back. The fold decides on it.

    `id` is 32 hex digits, of its own for each rollback: a retry carries the same. `undone` is the position of the
    upgrade to take back, which must be the machine's last one in force; `way` is one of `bytecode.rollback.WAYS`.
    """

    id: str
    machine: str
    undone: int
    way: str
    caller: str = ""
    idempotency: str | None = None
    cause: str | None = None
    machine_only: bool = False
    """Whether it may take back one upgrade of a release, and leave the others in force."""

    @property
    def asked(self) -> bytes:
        """What is asked for, as bytes that a retry has in common with the first."""
        return _encoder.encode(("rollback", *self.row[1:]))

    @property
    def row(self) -> tuple[Any, ...]:
        """What a journal holds of it."""
        asked = (self.id, self.machine, self.undone, self.way)
        return (*asked, True) if self.machine_only else asked


class ReleaseRollback(Struct, frozen=True, gc=False):
    """A proposal to take all upgrades of a release back. The fold decides on it.

    `id` is as a rollback's, `release` that of the release; `ways` has each machine that goes back, with the way.
    """

    id: str
    release: str
    ways: tuple[tuple[str, str], ...]
    caller: str = ""
    idempotency: str | None = None
    cause: str | None = None

    @property
    def asked(self) -> bytes:
        """What is asked for, as bytes that a retry has in common with the first."""
        return _encoder.encode(("release rollback", self.release, self.ways))

    def of(self, machine: str, undone: int) -> Rollback:
        """What it is for one machine."""
        return Rollback(self.id, machine, undone, dict(self.ways)[machine], machine_only=True)


class Steer(Struct, frozen=True, gc=False):
    """What is to be done about a rollout under way. The fold decides on it.

    `id` is as a rollback's. `upgrade` is the position of the upgrade that is rolled out; `action` is one of
    `bytecode.rollout.ACTIONS`; `share` is how many of a million addresses are to run the new version, where it grows.
    """

    id: str
    machine: str
    upgrade: int
    action: str
    share: int | None = None
    caller: str = ""
    idempotency: str | None = None
    cause: str | None = None

    @property
    def asked(self) -> bytes:
        """What is asked for, as bytes that a retry has in common with the first."""
        return _encoder.encode(("rollout", self.machine, self.upgrade, self.action, self.share))


class Retirement(Struct, frozen=True, gc=False):
    """Clients of a version of a machine, the id of its program, are no longer served from here on, or are again."""

    machine: str
    interface: str
    retired: bool
    caller: str = ""
    idempotency: str | None = None
    cause: str | None = None


class Deletion(Struct, frozen=True, gc=False):
    """An instance is no more from here on; an input for its key makes a new one."""

    machine: str
    key: str | None
    caller: str = ""
    idempotency: str | None = None
    cause: str | None = None


class Restore(Struct, frozen=True, gc=False):
    """What a journal begins with that does not begin at the beginning: the state at a position, by `snapshot`.

    It stands for the entries at all positions before that, so that those after it keep theirs.
    """

    positions: int
    snapshot: bytes
    caller: str = ""
    idempotency: str | None = None
    cause: str | None = None


Other: TypeAlias = (
    Deploy | Upgrade | Setting | Rollback | ReleaseRollback | Steer | Restore | Release | Retirement | Deletion
)
Entry: TypeAlias = Input | Other


class Entries(Struct, frozen=True, gc=False):
    """A decoded batch: when it was written (microseconds since 1970, UTC), its random seed, and its entries."""

    time_us: int
    seed: bytes
    entries: Sequence[Entry]

    @property
    def span(self) -> int:
        """How many positions of the journal it takes: one for each entry, but for a `Restore`, which is alone."""
        first = self.entries[0] if self.entries else None
        return first.positions if type(first) is Restore else len(self.entries)


_KINDS: Final = frozenset(
    (
        "deploy",
        "upgrade",
        "setting",
        "rollback",
        "release rollback",
        "rollout",
        "restore",
        "release",
        "retirement",
        "delete",
    )
)
_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(tuple[int, int, bytes, list[tuple[str, str, bytes]], list[list[Any]]])
# What every payload of this version starts with: an array of five, and the version.
_HEAD: Final = bytes((0x95, PAYLOAD_VERSION))


def encode_batch(entries: Sequence[Entry], time_us: int, seed: bytes) -> bytes:
    """The bytes of a batch. The arguments of its inputs are values that conform to their types."""
    sites: dict[tuple[str, str, str], int] = {}
    rows: list[tuple[Any, ...]] = []
    row: tuple[Any, ...] = ()
    before: Entry | None = None
    for entry in entries:
        # Calls without arguments are often one object, made once and sent many times in a row.
        if entry is before:
            rows.append(row)
            continue
        before = entry
        if isinstance(entry, Input):
            place = (entry.machine, entry.method, entry.interface)
            site = sites.setdefault(place, len(sites))
            if entry.caller or entry.idempotency is not None or entry.cause is not None:
                row = (site, entry.key, entry.arguments, entry.caller, entry.idempotency, entry.cause)
            else:
                row = (site, entry.key, entry.arguments)
        else:
            row = (*_named(entry), entry.caller, entry.idempotency, entry.cause)
        rows.append(row)
    table = [(machine, method, bytes.fromhex(interface)) for machine, method, interface in sites]
    try:
        return _encoder.encode((PAYLOAD_VERSION, time_us, seed, table, rows))
    except OverflowError:
        # An integer beyond 64 bits is somewhere in the arguments: rare enough to look for it only now.
        return _encoder.encode((PAYLOAD_VERSION, time_us, seed, table, with_plain_integers(rows)))


def _named(entry: Other) -> tuple[str, Any]:
    """The kind of an entry that is no input, and what a journal holds of it."""
    match entry:
        case Deploy():
            return "deploy", entry.program
        case Upgrade():
            return "upgrade", entry.upgrade
        case Setting():
            return "setting", (entry.machine, "fuel", entry.fuel)
        case Rollback():
            return "rollback", entry.row
        case ReleaseRollback():
            return "release rollback", (entry.id, entry.release, entry.ways)
        case Steer():
            return "rollout", (entry.id, entry.machine, entry.upgrade, entry.action, entry.share)
        case Release():
            return "release", entry.release
        case Restore():
            return "restore", (entry.positions, entry.snapshot)
        case Retirement():
            return "retirement", (entry.machine, entry.interface, entry.retired)
        case Deletion():
            return "delete", (entry.machine, entry.key)
        case _:
            assert_never(entry)


def decode_batch(payload: bytes) -> Entries:
    """The entries of a batch; the arguments of its inputs are still as the bytes say them.

    Raises `Rejected` where the bytes are malformed or come from a later version of Camshaft.
    """
    if payload[:2] != _HEAD:
        raise _unknown_version(payload)
    try:
        _, time_us, seed, table, rows = _decoder.decode(payload)
        sites = [(machine, method, interface.hex()) for machine, method, interface in table]
        entries: list[Entry] = []
        before: list[Any] | None = None
        for row in rows:
            if row == before:
                entries.append(entries[-1])  # one object again, as whoever wrote it had
            elif type(row[0]) is int:
                entries.append(_input(sites[row[0]], *row[1:]))
                before = row if len(row) == 3 and not row[2] else None
            else:
                entries.append(_other(*row))
                before = None
    except (msgspec.DecodeError, RecursionError, TypeError, ValueError, IndexError) as error:
        raise Rejected(f"a batch of entries is malformed: {error}") from error
    if len(entries) != 1 and any(type(entry) is Restore for entry in entries):
        raise Rejected("a batch of entries is malformed: what restores a state is alone in its batch")
    return Entries(time_us, seed, entries)


def _input(site: tuple[str, str, str], key: str | None, arguments: list[Any], *metadata: Any) -> Input:
    if type(arguments) is not list:
        raise TypeError("the arguments of an input are an array")
    machine, method, interface = site
    return Input(machine, key, method, arguments, interface, *metadata)


def _is_way(row: Any) -> bool:
    match row:
        case [str(), str()]:
            return True
        case _:
            return False


def _other(kind: str, content: Any, caller: str, idempotency: str | None, cause: str | None) -> Entry:
    match kind, content:
        case "deploy", bytes():
            return Deploy(content, caller, idempotency, cause)
        case "upgrade", bytes():
            return Upgrade(content, caller, idempotency, cause)
        case "release", bytes():
            return Release(content, caller, idempotency, cause)
        case "setting", [str(machine), "fuel", int() | None as fuel]:
            return Setting(machine, fuel, caller, idempotency, cause)
        case "rollback", [str(id_), str(machine), int(undone), str(way)]:
            return Rollback(id_, machine, undone, way, caller, idempotency, cause)
        case "rollback", [str(id_), str(machine), int(undone), str(way), True]:
            return Rollback(id_, machine, undone, way, caller, idempotency, cause, machine_only=True)
        case "release rollback", [str(id_), str(release), [_, *_] as rows] if all(map(_is_way, rows)):
            ways = tuple((machine, way) for machine, way in rows)
            return ReleaseRollback(id_, release, ways, caller, idempotency, cause)
        case "rollout", [str(id_), str(machine), int(upgrade), str(action), int() | None as share]:
            return Steer(id_, machine, upgrade, action, share, caller, idempotency, cause)
        case "retirement", [str(machine), str(interface), bool(retired)]:
            return Retirement(machine, interface, retired, caller, idempotency, cause)
        case "delete", [str(machine), str() | None as key]:
            return Deletion(machine, key, caller, idempotency, cause)
        case "restore", [int(positions), bytes(snapshot)] if 0 < positions < 2**63:
            return Restore(positions, snapshot, caller, idempotency, cause)
        case _ if kind in _KINDS:
            raise TypeError(f"{kind} does not hold {type(content).__name__}")
        case _:
            raise Rejected(
                f"the journal holds an entry of kind {kind!r}, which this version of Camshaft does not know: "
                "use the version that wrote it, or a later one"
            )


def _unknown_version(payload: bytes) -> Rejected:
    if payload[:1] == _HEAD[:1] and PAYLOAD_VERSION < payload[1] < 0x80:
        return Rejected(
            f"the journal holds a batch of version {payload[1]}; this version of Camshaft reads {PAYLOAD_VERSION}: "
            "use the version that wrote it, or a later one"
        )
    return Rejected("a batch of entries is malformed: it does not start with a version")
