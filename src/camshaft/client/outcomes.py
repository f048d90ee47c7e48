"""What a node answers to the changes that it made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Deployed:
    """A machine was added to a node."""

    machine: str
    id: str
    """The program's id, 64 hex digits."""
    position: int
    """Where the deployment stands in the journal."""


@dataclass(frozen=True, slots=True)
class Upgraded:
    """A machine was upgraded: all of its instances at once, between two inputs."""

    machine: str
    from_id: str
    to_id: str
    position: int
    """Where the upgrade stands in the journal."""
    migrated: int
    """How many instances were migrated."""


@dataclass(frozen=True, slots=True)
class ReleaseMember:
    """A machine of a release: `from_id` is empty where it is new."""

    machine: str
    from_id: str
    to_id: str
    migrated: int


@dataclass(frozen=True, slots=True)
class Released:
    """Several machines were upgraded, and new ones deployed, at one position."""

    id: str
    members: list[ReleaseMember]
    position: int
    """Where the release stands in the journal."""


@dataclass(frozen=True, slots=True)
class RolledBack:
    """A machine went back to the program that its last upgrade had replaced: all of its instances at once."""

    machine: str
    from_id: str
    to_id: str
    position: int
    """Where the rollback stands in the journal."""
    undone: int
    """Where the upgrade stands that was taken back."""
    way: str
    """`downgrade`, `replay` or `trial`."""
    instances: int
    """How many there are now."""


@dataclass(frozen=True, slots=True)
class ReleaseRolledBack:
    """All that a release had upgraded went back, at one position."""

    id: str
    """That of the release."""
    members: list[RolledBack]
    left: list[str]
    """Machines that the release had deployed, which are left running."""
    position: int


@dataclass(frozen=True, slots=True)
class Steered:
    """Something was done about the rollout of a machine's last upgrade."""

    machine: str
    action: str
    """`grow`, `hold`, `resume` or `confirm`."""
    share: float
    """The share of the instances that run the new version since then: 0.05 is one in twenty."""
    instances: int
    """How many that are."""
    position: int
    """Where it stands in the journal."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """An instance is no more."""

    address: str
    position: int
    """Where the deletion stands in the journal."""


@dataclass(frozen=True, slots=True)
class SlowCall:
    """Something that took a node long: a batch of inputs, or a command that is none."""

    id: int
    time_s: int
    """When, in seconds since 1970, UTC."""
    took_us: int
    words: tuple[str, ...]
    """A batch is told by the method that most of its inputs called."""


def deleted(reply: dict[str, str]) -> Deleted:
    """The answer of a node."""
    return Deleted(reply["address"], int(reply["position"]))


def steered(machine: str, action: str, millionths: int, instances: int, position: int) -> Steered:
    """The answer of a node, in which a share is in parts per million."""
    return Steered(machine, action, millionths / _MILLION, instances, position)


def millionths(share: float | None) -> int | None:
    """A share as nodes are told it."""
    return None if share is None else round(share * _MILLION)
