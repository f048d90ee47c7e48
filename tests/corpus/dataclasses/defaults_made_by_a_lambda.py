"""A `lambda` makes a default anew for each that uses it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from camshaft import Machine

LIMIT = 3


class Color(Enum):
    RED = 1
    BLUE = 2


@dataclass
class Lot:
    name: str = "x"
    bids: list[int] = field(default_factory=lambda: [1, LIMIT])
    color: Color = field(default_factory=lambda: Color.BLUE)


class Hall(Machine):
    lots: list[Lot] = field(default_factory=lambda: [Lot("a"), Lot()])
    rows: dict[str, list[int]] = field(default_factory=lambda: {"a": [0] * 3, "b": list(range(3))})
    squares: list[int] = [n * n for n in range(4)]

    def put(self, n: int) -> int:
        self.lots[0].bids.append(n)
        other = Lot()
        other.bids.append(2)
        self.rows["a"].append(n)
        self.squares.extend(self.rows["b"])
        return len(other.bids) * 100 + len(Lot().bids) * 10 + len(self.lots[1].bids)

    def is_blue(self) -> bool:
        return Lot().color is Color.BLUE
