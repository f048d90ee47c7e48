"""Python objects for the parameters of methods, drawn by a plain random generator, hostile ones among them.

The same seed gives the same objects under every version of Python and every hash seed.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from camshaft.language.pytypes import (
    PyBool,
    PyBytes,
    PyClass,
    PyDict,
    PyDuration,
    PyEnum,
    PyFloat,
    PyFrozenSet,
    PyInt,
    PyList,
    PyLiteral,
    PyNone,
    PySequence,
    PySet,
    PyStr,
    PyTime,
    PyTuple,
    PyType,
    PyUnion,
)

# Small integers are found again as keys and indexes, and end loops; they are drawn most.
_SMALL: Final = (0, 1, 2, 3, 4, -1, -2, -3, 5, 7, 10)
_LARGE: Final = (127, -128, 2**31, -(2**31) - 1, 2**53 + 1, 2**63 - 1, -(2**63), 2**64, 10**30, -(10**30) - 7)
_TEXTS: Final = (
    "a",
    "b",
    "",
    "c",
    "ab",
    "aab",
    "a b",
    "B",
    "ä",
    "ß",
    "\U0001f600x",
    "e\u0301",
    "日本",
    "\x00",
    "0",
    "12",
)
_FLOATS: Final = (
    0.0,
    -0.0,
    1.0,
    -1.5,
    0.1,
    2.5,
    3.5,
    -2.5,
    1e16,
    2.0**53,
    5e-324,
    1.7976931348623157e308,
    math.inf,
    -math.inf,
)
_BYTES: Final = (b"", b"a", b"ab", b"\x00\xff", b"\xc3\xa4", b"b", b"ba" * 5)
_TIMES: Final = (
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2024, 2, 29, 12, 30, 15, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime.min.replace(tzinfo=UTC),
    datetime.max.replace(tzinfo=UTC),
)
_MICROSECONDS: Final = (0, 1, -1, 1_000_000, 86_400_000_000, -86_400_000_001, 3_600_000_000, 10**15)
_MOST: Final = 4
"""The most elements of a container; those within it have fewer."""


class Arguments:
    """Draws objects of types. What a program's own text mentions is drawn often: such keys are found, such tests hold.

    `integers` are those to draw from where a program says so: its loops may not end for large ones.
    """

    def __init__(self, random: Random, source: str, integers: Sequence[int] | None = None) -> None:
        self._random = random
        constants = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
        mentioned = _distinct(one for one in constants if type(one) is int and abs(one) < 1_000)
        self._near: list[int] = [number + more for number in mentioned for more in (0, 0, 1, -1)] or [0]
        self._texts: list[str] = _distinct(one for one in constants if type(one) is str and len(one) < 12) or [""]
        self._integers = integers

    def drawn(  # noqa: C901 - one case for each type
        self, type_: PyType, most: int = _MOST
    ) -> Any:
        """An object of a type."""
        random = self._random
        match type_:
            case PyInt():
                return self._integer()
            case PyBool():
                return random.random() < 0.5
            case PyStr():
                return random.choice(self._texts if random.random() < 0.5 else _TEXTS)
            case PyFloat():
                return random.choice(_FLOATS)
            case PyBytes():
                return random.choice(_BYTES)
            case PyTime():
                return random.choice(_TIMES)
            case PyDuration():
                return timedelta(microseconds=random.choice(_MICROSECONDS))
            case PyEnum():
                return random.choice(list(type_.cls))
            case PyLiteral():
                return random.choice(type_.values)
            case PyNone():
                return None
            case PySet():
                return set(self._elements(type_.element, most))
            case PyFrozenSet():
                return frozenset(self._elements(type_.element, most))
            case PyTuple():
                return tuple(self.drawn(element, most) for element in type_.elements)
            case PySequence():
                return tuple(self._elements(type_.element, most))
            case PyList():
                return self._elements(type_.element, most)
            case PyDict():
                keys = self._elements(type_.key, most)
                return {key: self.drawn(type_.value, most - 1) for key in keys}
            case PyClass():
                return type_.cls(**{one.name: self.drawn(one.type, most) for one in type_.fields})
            case PyUnion():
                return self.drawn(random.choice(type_.members), most)
            case _:
                raise AssertionError(f"no parameter is of type {type_!r}")

    def _integer(self) -> int:
        if self._integers is not None:
            return self._random.choice(self._integers)
        which = self._random.random()
        pool: Sequence[int] = self._near if which < 0.3 else _SMALL if which < 0.9 else _LARGE
        return self._random.choice(pool)

    def _elements(self, element: PyType, most: int) -> list[Any]:
        found = [self.drawn(element, most - 1) for _ in range(self._random.randint(0, max(most, 1)))]
        # Equal elements tell stable from unstable, and first from last.
        return [*found, found[0]] if found and self._random.random() < 0.3 else found


def _distinct(found: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(found))
