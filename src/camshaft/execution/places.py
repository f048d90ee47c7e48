"""Reading and writing at places, with values that are never changed: a write copies each container on its path.

The first container of a path is a slot; the traps are those of Python's own containers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from camshaft.bytecode.places import ResolvedPlace
from camshaft.bytecode.primitives.lists import index_out_of_range
from camshaft.errors import MissingKey


def get_at(place: ResolvedPlace, slots: Sequence[Any], keys: Sequence[Any]) -> Any:
    """What is at a place.

    Raises:
        MissingKey: a map on the way has no such key.
        IndexOutOfRange: a list on the way has no such index.
    """
    value = slots[place.slot]
    if keys:
        waiting = iter(keys)
        for step in place.path:
            value = _element(value, next(waiting)) if step is None else value[step]
        return value
    for step in place.path:
        assert step is not None
        value = value[step]
    return value


def put_at(place: ResolvedPlace, slots: Sequence[Any], keys: Sequence[Any], value: Any) -> Any:
    """The slot's content with a value written at a place; the last key of a map may be new.

    Raises:
        MissingKey, IndexOutOfRange: as for `get_at`, the last step into a map aside.
    """

    path = place.path
    if not path:
        return value
    if len(path) == 1 and not keys:
        return _replaced(slots[place.slot], path[0], value)

    def put(container: Any, key: Any) -> Any:
        if isinstance(container, dict):
            return {**container, key: value}
        _checked_index(container, key)
        copy = list(container)
        copy[key] = value
        return tuple(copy) if isinstance(container, tuple) else copy

    return _changed(place, slots, keys, put)


def append_at(place: ResolvedPlace, slots: Sequence[Any], keys: Sequence[Any], value: Any) -> Any:
    """The slot's content with a value added to the list at a place.

    Raises:
        MissingKey, IndexOutOfRange: as for `get_at`.
    """
    if not place.path:
        return [*slots[place.slot], value]

    def append(container: Any, key: Any) -> Any:
        return _replaced(container, key, [*_element(container, key), value])

    return _changed(place, slots, keys, append)


def delete_at(place: ResolvedPlace, slots: Sequence[Any], keys: Sequence[Any]) -> Any:
    """The slot's content without the entry or the element at a place.

    Raises:
        MissingKey, IndexOutOfRange: as for `get_at`.
    """

    def delete(container: Any, key: Any) -> Any:
        _element(container, key)
        copy = container.copy()
        del copy[key]
        return copy

    return _changed(place, slots, keys, delete)


def _changed(place: ResolvedPlace, slots: Sequence[Any], keys: Sequence[Any], change: Callable[[Any, Any], Any]) -> Any:
    """The slot's content with the last container of a path changed, and each container above it copied."""
    waiting = iter(keys)
    steps = [next(waiting) if step is None else step for step in place.path]
    containers = [slots[place.slot]]
    for step in steps[:-1]:
        containers.append(_element(containers[-1], step))
    changed = change(containers.pop(), steps.pop())
    while steps:
        changed = _replaced(containers.pop(), steps.pop(), changed)
    return changed


def _replaced(container: Any, key: Any, value: Any) -> Any:
    if isinstance(container, tuple):
        return (*container[:key], value, *container[key + 1 :])
    copy = container.copy()
    copy[key] = value
    return copy


def _element(container: Any, key: Any) -> Any:
    if isinstance(container, dict):
        if key not in container:
            raise MissingKey(f"no entry of key {key!r}")
        return container[key]
    _checked_index(container, key)
    return container[key]


def _checked_index(container: Any, index: int) -> None:
    if not -len(container) <= index < len(container):
        raise index_out_of_range(index, len(container))
