"""A module of constants that machines of the tests import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from generators.pricing import RATE as TAX


@dataclass(frozen=True)
class Level:
    name: str
    least: int


LIMIT: Final = 5
NAMES: Final[tuple[str, ...]] = ("a", "b", "c")
LEVELS = (Level("low", 0), Level("high", LIMIT * 2))
TABLE: dict[str, list[int]] = {"a": [1, 2], "b": []}
SIZES = [3, 1, 2]
COLOURS = frozenset({"red", "blue"})
NOTHING: int | None = None
FIRST, SECOND = 10, 20
EMPTY: dict[str, int] = {}
DOUBLE_TAX = TAX * 2

__all__ = [
    "COLOURS", "DOUBLE_TAX", "EMPTY", "FIRST", "LEVELS", "LIMIT", "NAMES", "NOTHING", "SECOND", "SIZES", "TABLE", "TAX",
    "Level",
]  # fmt: skip
