"""Whether two versions can stand beside each other, in the sense of the registries of schemas.

- *backward*: the new version takes over the states of the old one (a migration is written, or can be derived), and
  serves its clients (every method of the old version is there as it was, or an adapter serves it);
- *forward*: the old version takes over the states of the new one (a downgrade is written, or can be derived), and
  serves its clients (every method of the new version is there in the old one as it is);
- *full*: both.

Each is about the version before. With `-transitive` it is about every version that is given, or that the file leads on
from: over the migrations of the steps between.

Source: the compatibility types of Confluent's Schema Registry, there about records of a log.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from typing import Any

from camshaft.bytecode.interfaces import difference
from camshaft.bytecode.program import Program
from camshaft.evolution.versions import short

TRANSITIVE = "-transitive"


class Direction(Enum):
    """Who has to get on with what the other left."""

    BACKWARD = "backward"
    FORWARD = "forward"


class Check(Enum):
    """What is asked of two versions, or of more."""

    BACKWARD = "backward"
    FORWARD = "forward"
    FULL = "full"
    BACKWARD_TRANSITIVE = "backward-transitive"
    FORWARD_TRANSITIVE = "forward-transitive"
    FULL_TRANSITIVE = "full-transitive"

    @property
    def is_transitive(self) -> bool:
        """Whether it is about every earlier version, not the last one only."""
        return self.value.endswith(TRANSITIVE)

    @property
    def directions(self) -> tuple[Direction, ...]:
        """The directions that it asks for."""
        name = self.value.removesuffix(TRANSITIVE)
        return tuple(Direction) if name == "full" else (Direction(name),)


@dataclass(frozen=True, slots=True)
class Incompatibility:
    """One thing that two versions do not have in common, in a direction."""

    direction: Direction
    old_id: str
    what: str

    def __str__(self) -> str:
        return f"not {self.direction.value} compatible with {short(self.old_id)}: {self.what}"

    def json(self) -> dict[str, Any]:
        """As data."""
        return {"direction": self.direction.value, "version": self.old_id, "what": self.what}


def of_interfaces(client: Program, server: Program, served: Collection[str] = ()) -> list[str]:
    """Why clients that were written for one program cannot call another, a reason for each method.

    `served`: the methods that adapters serve.
    """
    reasons = (difference(client, server, method.name) for method in client.public_methods if method.name not in served)
    return [reason for reason in reasons if reason is not None]


def incompatibilities(
    check: Check,
    old: Program,
    old_id: str,
    new: Program,
    *,
    takes_over: str | None,
    gives_back: str | None,
    served: Collection[str] = (),
) -> list[Incompatibility]:
    """What stands against a check. `takes_over` and `gives_back`: why there is no migration, no downgrade; `served`:
    the old methods that adapters serve."""
    found = []
    for direction in check.directions:
        is_backward = direction is Direction.BACKWARD
        reason = takes_over if is_backward else gives_back
        reasons = [] if reason is None else [reason]
        reasons += of_interfaces(old, new, served) if is_backward else of_interfaces(new, old)
        found += [Incompatibility(direction, old_id, each) for each in reasons]
    return found
