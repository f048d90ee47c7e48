"""An upgrade as data: the version that it expects to replace, the new program, and the migration of the state.

    ["camshaft-upgrade", format version, id, machine, expected, program, migration, extensions]

`extensions` is a map by name, and empty where the upgrade has none. There is one: `downgrade`, the bytes of a program
from the new state back to the old one. An upgrade with an extension that this Camshaft does not know is rejected, since
it may change what the upgrade means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from camshaft.bytecode.encoding import MAX_PROGRAM_BYTES
from camshaft.errors import Rejected
from camshaft.values.address import is_machine_name

UPGRADE_FORMAT_VERSION: Final = 1
MIGRATION_METHOD: Final = "migrate"
"""The one method of a migration, which is a program without state: from `was`, the old state, to the new one."""
MIGRATION_PARAMETER: Final = "was"

DOWNGRADE_EXTENSION: Final = "downgrade"

_MAGIC: Final = "camshaft-upgrade"
_HEX_ID: Final = re.compile(r"[0-9a-f]{32}")
_HEX_PROGRAM: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Upgrade:
    """One upgrade of one machine.

    `id` is 32 hex digits, of its own for each invocation: a retry carries the same. `expected` is the program id or the
    origin (64 hex digits) of the version that must be running. `program`, `migration` and `downgrade` are encoded
    programs; a downgrade is a migration in the other direction, for the way back.
    """

    id: str
    machine: str
    expected: str
    program: bytes
    migration: bytes | None = None
    downgrade: bytes | None = None


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
            {} if upgrade.downgrade is None else {DOWNGRADE_EXTENSION: upgrade.downgrade},
        )
    )


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
    downgrade = _downgrade(container.extensions)
    if not _HEX_ID.fullmatch(container.id) or not _HEX_PROGRAM.fullmatch(container.expected):
        raise Rejected("an upgrade's id has 32 hex digits, and the version it expects 64")
    if not is_machine_name(container.machine):
        raise Rejected(f"{container.machine[:80]!r} is no machine's name")
    upgrade = Upgrade(
        container.id, container.machine, container.expected, container.program, container.migration, downgrade
    )
    if encode_upgrade(upgrade) != data:
        raise Rejected("these bytes are not the canonical encoding of the upgrade they hold")
    return upgrade


def _downgrade(extensions: dict[str, Any]) -> bytes | None:
    unknown = sorted(extensions.keys() - {DOWNGRADE_EXTENSION})
    if unknown:
        raise Rejected(f"the upgrade uses what this node does not know: {', '.join(unknown)[:200]}")
    downgrade = extensions.get(DOWNGRADE_EXTENSION)
    if downgrade is not None and not isinstance(downgrade, bytes):
        raise Rejected("malformed bytes where an upgrade should be: its downgrade is no program")
    return downgrade
