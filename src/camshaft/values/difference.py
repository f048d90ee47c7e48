"""Where two values differ, as people read it: the path to each difference, and what stands there on either side.

The values may be of two types, as the states of two versions are. They are compared by what people see of them, their
JSON views, but for the order of a map's keys, which a view shows and people overlook: it is said by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from camshaft.values.types import Type
from camshaft.values.view import to_view

_LONGEST: Final = 120
"""Characters of what is shown of either side."""
_PLAIN: Final = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where two values differ, and what each has there; None: nothing."""

    path: str
    was: str | None
    becomes: str | None

    def __str__(self) -> str:
        where = self.path or "the whole"
        if self.was is None:
            return f"+ {where}: {self.becomes}"
        if self.becomes is None:
            return f"- {where}: {self.was}"
        return f"~ {where}: {self.was} -> {self.becomes}"


def differences(type_: Type, value: Any, other_type: Type, other: Any, most: int = 10) -> list[Difference]:
    """The first differences of two values; none where people could not tell them apart."""
    return list(islice(_between(to_view(type_, value), to_view(other_type, other), ""), most))


def _between(one: Any, other: Any, path: str) -> Iterator[Difference]:
    if isinstance(one, dict) and isinstance(other, dict):
        yield from _between_objects(one, other, path)
    elif isinstance(one, list) and isinstance(other, list):
        for index in range(max(len(one), len(other))):
            place = f"{path}[{index}]"
            if index >= len(other):
                yield Difference(place, _shown(one[index]), None)
            elif index >= len(one):
                yield Difference(place, None, _shown(other[index]))
            else:
                yield from _between(one[index], other[index], place)
    # 1, 1.0 and True are equal in Python, 0.0 and -0.0 too: as texts they are not.
    elif type(one) is not type(other) or repr(one) != repr(other):
        yield Difference(path, _shown(one), _shown(other))


def _between_objects(one: dict[str, Any], other: dict[str, Any], path: str) -> Iterator[Difference]:
    for key, part in one.items():
        place = _extended(path, key)
        if key in other:
            yield from _between(part, other[key], place)
        else:
            yield Difference(place, _shown(part), None)
    for key, part in other.items():
        if key not in one:
            yield Difference(_extended(path, key), None, _shown(part))
    shared = [key for key in one if key in other]
    order = [key for key in other if key in one]
    if shared != order:
        yield Difference(f"{path or 'the whole'}, order of keys", _shown(shared), _shown(order))


def _extended(path: str, key: str) -> str:
    if _PLAIN.fullmatch(key):
        return f"{path}.{key}" if path else key
    return f"{path}[{json.dumps(key, ensure_ascii=False)}]"


def _shown(view: Any) -> str:
    text = json.dumps(view, ensure_ascii=False)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
