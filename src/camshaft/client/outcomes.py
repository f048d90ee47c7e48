"""What a node answers to the changes that it made."""

from __future__ import annotations

from dataclasses import dataclass


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
    """`downgrade` or `replay`."""
    instances: int
    """How many there are now."""
