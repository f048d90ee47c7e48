"""The typing of places: where a path into the slots leads, what keys it takes, and what can go wrong on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from camshaft.bytecode.program import Place
from camshaft.values.types import INT, List, Map, Record, Type


@dataclass(frozen=True, slots=True)
class ResolvedPlace:
    """A place within known slots.

    `path` has a step for each step of the place: the position of a field, or None for a dynamic key. The traps are the
    kinds that reaching the place can cause, without and with its last step.
    """

    slot: int
    path: tuple[int | None, ...]
    type: Type
    keys: tuple[Type, ...]
    container: Type
    """What the last step goes into; the slot's type where there is no step."""
    way_traps: frozenset[str]
    end_traps: frozenset[str]

    @property
    def put_traps(self) -> frozenset[str]:
        """Writing creates the entry of a map, but not the element of a list."""
        if isinstance(self.container, Map) and self.path and self.path[-1] is None:
            return self.way_traps
        return self.end_traps


def resolve(place: Place, slots: Sequence[Type]) -> ResolvedPlace | str:
    """The place within these slots, or a sentence on why there is no such place."""
    if place.slot >= len(slots):
        return f"slot {place.slot} does not exist: there are {len(slots)}"
    current = container = slots[place.slot]
    path: list[int | None] = []
    keys: list[Type] = []
    way: frozenset[str] = frozenset()
    end: frozenset[str] = frozenset()
    for step in place.steps:
        container, way = current, end
        if step is None:
            if isinstance(container, Map):
                keys.append(container.key)
                current, end = container.value, way | {"KeyError"}
            elif isinstance(container, List):
                keys.append(INT)
                current, end = container.element, way | {"IndexError"}
            else:
                return f"a key leads into {container!r}, which is neither a map nor a list"
            path.append(None)
        else:
            child = container.field(step) if isinstance(container, Record) else None
            if child is None or not isinstance(container, Record):
                return f"{container!r} has no field {step!r}"
            path.append(container.positions[step])
            current = child
    return ResolvedPlace(place.slot, tuple(path), current, tuple(keys), container, way, end)
