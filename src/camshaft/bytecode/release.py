"""A release as data: several machines upgraded, and new ones deployed, as one record of the journal.

    ["camshaft-release", format version, id, [program, …], [upgrade, …], [[machine, expected], …], extensions]

The programs are those of new machines, the upgrades encoded ones (see `upgrade`); the rest are machines with the
version (a program id or an origin) that each has to run once the release is made, whether it is part of it or not.
`extensions` is a map by name, and empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from camshaft.bytecode.encoding import MAX_PROGRAM_BYTES
from camshaft.bytecode.upgrade import Upgrade, decode_upgrade
from camshaft.errors import Rejected
from camshaft.values.address import is_machine_name

RELEASE_FORMAT_VERSION: Final = 1
MAX_MEMBERS: Final = 100
MAX_RELEASE_BYTES: Final = 4 * MAX_PROGRAM_BYTES

_MAGIC: Final = "camshaft-release"
_HEX_ID: Final = re.compile(r"[0-9a-f]{32}")
_HEX_PROGRAM: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Release:
    """Upgrades and deployments that happen together or not at all.

    `id` is 32 hex digits, of its own for each invocation: a retry carries the same. `programs` and `upgrades` are
    encoded; `requires` are pairs of a machine and the version that it has to run then.
    """

    id: str
    programs: tuple[bytes, ...]
    upgrades: tuple[bytes, ...]
    requires: tuple[tuple[str, str], ...] = ()

    @property
    def decoded(self) -> list[Upgrade]:
        """The upgrades. Raises Rejected where one is malformed, is rolled out, or two are of one machine."""
        upgrades = [decode_upgrade(data) for data in self.upgrades]
        names = [upgrade.machine for upgrade in upgrades]
        for upgrade in upgrades:
            if names.count(upgrade.machine) > 1:
                raise Rejected(f"the release upgrades {upgrade.machine} twice")
            if upgrade.rollout is not None:
                raise Rejected(f"the release rolls {upgrade.machine} out: a release is made at once, or not at all")
        return upgrades


class _Container(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    magic: str
    version: int
    id: str
    programs: list[bytes]
    upgrades: list[bytes]
    requires: list[tuple[str, str]]
    extensions: dict[str, Any]


_decoder: Final = msgspec.msgpack.Decoder(_Container, strict=True)


def encode_release(release: Release) -> bytes:
    """The canonical bytes of a release."""
    return msgspec.msgpack.encode(
        _Container(
            _MAGIC,
            RELEASE_FORMAT_VERSION,
            release.id,
            list(release.programs),
            list(release.upgrades),
            list(release.requires),
            {},
        )
    )


def decode_release(data: bytes) -> Release:
    """The release that these bytes hold. Its programs and upgrades are not decoded yet.

    Raises:
        Rejected: the bytes are malformed, too many, of a newer format, or not canonical.
    """
    if len(data) > MAX_RELEASE_BYTES:
        raise Rejected(f"a release of {len(data)} bytes; at most {MAX_RELEASE_BYTES} are allowed")
    try:
        container = _decoder.decode(data)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise Rejected(f"malformed bytes where a release should be: {error}") from None
    if container.magic != _MAGIC:
        raise Rejected("these bytes are not a Camshaft release")
    if container.version != RELEASE_FORMAT_VERSION or container.extensions:
        unknown = "".join(f" with {name[:60]}" for name in sorted(container.extensions)[:5])
        raise Rejected(
            f"the release has format version {container.version}{unknown}; this node reads version "
            f"{RELEASE_FORMAT_VERSION} without extensions"
        )
    members = len(container.programs) + len(container.upgrades)
    if not 0 < members <= MAX_MEMBERS or len(container.requires) > MAX_MEMBERS:
        raise Rejected(f"a release has from 1 to {MAX_MEMBERS} members and at most so many requirements, not {members}")
    if not _HEX_ID.fullmatch(container.id):
        raise Rejected("a release's id has 32 hex digits")
    for machine, expected in container.requires:
        if not is_machine_name(machine) or not _HEX_PROGRAM.fullmatch(expected):
            raise Rejected(f"a release requires a version of 64 hex digits of a machine, not of {machine[:80]!r}")
    release = Release(container.id, tuple(container.programs), tuple(container.upgrades), tuple(container.requires))
    if encode_release(release) != data:
        raise Rejected("these bytes are not the canonical encoding of the release they hold")
    return release
