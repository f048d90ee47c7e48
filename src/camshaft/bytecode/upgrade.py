"""An upgrade as data: the version that it expects to replace, the new program, and the migration of the state.

    ["camshaft-upgrade", format version, id, machine, expected, program, migration, extensions]

`extensions` is a map by name, and empty where the upgrade has none: `adapters`, a list of the bytes of a program and
how many of its functions are imports (see `adapters`); `downgrade`, the bytes of a program from the new state back to
the old one; `passed`, the versions between the expected one and the new one, oldest first, each as the bytes of its
program and its own adapters, or nil; `rollout`, how it is rolled out (see `rollout`). Where versions are passed,
`adapters` lead from the expected version to the first of them, and the adapters of each to the one that follows. An
upgrade with an extension that this Camshaft does not know is rejected, since it may change what the upgrade means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from camshaft.bytecode.encoding import MAX_PROGRAM_BYTES
from camshaft.bytecode.rollout import Rollout, rollout_of
from camshaft.errors import Rejected
from camshaft.values.address import is_machine_name

UPGRADE_FORMAT_VERSION: Final = 1
MIGRATION_METHOD: Final = "migrate"
"""The one method of a migration, which is a program without state: from `was`, the old state, to the new one."""
MIGRATION_PARAMETER: Final = "was"

ADAPTERS_EXTENSION: Final = "adapters"
DOWNGRADE_EXTENSION: Final = "downgrade"
PASSED_EXTENSION: Final = "passed"
ROLLOUT_EXTENSION: Final = "rollout"
_EXTENSIONS: Final = frozenset({ADAPTERS_EXTENSION, DOWNGRADE_EXTENSION, PASSED_EXTENSION, ROLLOUT_EXTENSION})

MOST_PASSED: Final = 64
"""How many versions one upgrade leads through at most: a node verifies each."""

_MAGIC: Final = "camshaft-upgrade"
_HEX_ID: Final = re.compile(r"[0-9a-f]{32}")
_HEX_PROGRAM: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Adapters:
    """Adapters as they travel: an encoded program, and how many of its functions stand for methods of the new one."""

    program: bytes
    imports: int


@dataclass(frozen=True, slots=True)
class Passed:
    """A version that an upgrade leads through: its encoded program, and its clients' adapters to the next version."""

    program: bytes
    adapters: Adapters | None


@dataclass(frozen=True, slots=True)
class Upgrade:
    """One upgrade of one machine.

    `id` is 32 hex digits, of its own for each invocation: a retry carries the same. `expected` is the program id or the
    origin (64 hex digits) of the version that must be running. `program`, `migration` and `downgrade` are encoded
    programs; a downgrade is a migration in the other direction, for the way back. `adapters` is None where the upgrade
    brings none: then clients of the old version are served the methods that are the same.
    """

    id: str
    machine: str
    expected: str
    program: bytes
    migration: bytes | None = None
    downgrade: bytes | None = None
    rollout: Rollout | None = None
    """How it is rolled out; None: to all instances, for good."""
    adapters: Adapters | None = None
    passed: tuple[Passed, ...] = ()
    """The versions in between that it leads through, oldest first."""


class _Container(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    magic: str
    version: int
    id: str
    machine: str
    expected: str
    program: bytes
    migration: bytes | None
    extensions: dict[str, Any]


_decoder: Final = msgspec.msgpack.Decoder(_Container, strict=True)


def encode_upgrade(upgrade: Upgrade) -> bytes:
    """The canonical bytes of an upgrade."""
    return msgspec.msgpack.encode(
        _Container(
            _MAGIC,
            UPGRADE_FORMAT_VERSION,
            upgrade.id,
            upgrade.machine,
            upgrade.expected,
            upgrade.program,
            upgrade.migration,
            _extensions(upgrade),
        )
    )


def _extensions(upgrade: Upgrade) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if upgrade.adapters is not None:
        found[ADAPTERS_EXTENSION] = _row(upgrade.adapters)
    if upgrade.downgrade is not None:
        found[DOWNGRADE_EXTENSION] = upgrade.downgrade
    if upgrade.passed:
        adapters = [None if one.adapters is None else _row(one.adapters) for one in upgrade.passed]
        found[PASSED_EXTENSION] = [[one.program, row] for one, row in zip(upgrade.passed, adapters, strict=True)]
    if upgrade.rollout is not None:
        found[ROLLOUT_EXTENSION] = upgrade.rollout.fields()
    return found


def _row(adapters: Adapters) -> list[Any]:
    return [adapters.program, adapters.imports]


def decode_upgrade(data: bytes) -> Upgrade:
    """The upgrade that these bytes hold. Its programs are neither decoded nor verified yet.

    Raises:
        Rejected: the bytes are malformed, too many, of a newer format, or not canonical.
    """
    if len(data) > 2 * MAX_PROGRAM_BYTES + 1024:
        raise Rejected(f"an upgrade of {len(data)} bytes; at most {2 * MAX_PROGRAM_BYTES + 1024} are allowed")
    try:
        container = _decoder.decode(data)
    except (msgspec.DecodeError, ValueError) as error:
        raise Rejected(f"malformed bytes where an upgrade should be: {error}") from None
    except RecursionError:
        raise Rejected("malformed bytes where an upgrade should be: nested too deep") from None
    if container.magic != _MAGIC:
        raise Rejected("these bytes are not a Camshaft upgrade")
    if container.version != UPGRADE_FORMAT_VERSION:
        raise Rejected(
            f"the upgrade has format version {container.version}; this node reads version {UPGRADE_FORMAT_VERSION}"
        )
    unknown = sorted(container.extensions.keys() - _EXTENSIONS)
    if unknown:
        raise Rejected(f"the upgrade uses what this node does not know: {', '.join(unknown)[:200]}")
    if not _HEX_ID.fullmatch(container.id) or not _HEX_PROGRAM.fullmatch(container.expected):
        raise Rejected("an upgrade's id has 32 hex digits, and the version it expects 64")
    if not is_machine_name(container.machine):
        raise Rejected(f"{container.machine[:80]!r} is no machine's name")
    upgrade = Upgrade(
        container.id,
        container.machine,
        container.expected,
        container.program,
        container.migration,
        _downgrade(container.extensions),
        _rollout(container.extensions),
        _adapters(container.extensions.get(ADAPTERS_EXTENSION)),
        _passed(container.extensions.get(PASSED_EXTENSION, [])),
    )
    if encode_upgrade(upgrade) != data:
        raise Rejected("these bytes are not the canonical encoding of the upgrade they hold")
    return upgrade


def _downgrade(extensions: dict[str, Any]) -> bytes | None:
    downgrade = extensions.get(DOWNGRADE_EXTENSION)
    if downgrade is not None and not isinstance(downgrade, bytes):
        raise Rejected("malformed bytes where an upgrade should be: its downgrade is no program")
    return downgrade


def _rollout(extensions: dict[str, Any]) -> Rollout | None:
    rollout = extensions.get(ROLLOUT_EXTENSION)
    return None if rollout is None else rollout_of(rollout)


def _adapters(row: Any) -> Adapters | None:
    match row:
        case None:
            return None
        case [bytes(program), int(imports)] if type(imports) is int and imports >= 0:
            return Adapters(program, imports)
        case _:
            raise Rejected("malformed bytes where an upgrade should be: its adapters are no program with its imports")


def _passed(rows: Any) -> tuple[Passed, ...]:
    if not isinstance(rows, list) or len(rows) > MOST_PASSED:
        raise Rejected(
            f"malformed bytes where an upgrade should be: it passes no list of at most {MOST_PASSED} versions"
        )
    return tuple(map(_passed_one, rows))


def _passed_one(row: Any) -> Passed:
    match row:
        case [bytes(program), adapters]:
            return Passed(program, _adapters(adapters))
        case _:
            raise Rejected("malformed bytes where an upgrade should be: it passes what is no version with its adapters")
