"""The machine that `object_programs` writes statements for: `HEAD`, up to the first of them."""

HEAD = """\
from __future__ import annotations

from dataclasses import dataclass, field

from camshaft import Machine, Refusal


@dataclass
class Line:
    label: str
    quantity: int = 0

    def add(self, by: int = 1) -> int:
        self.quantity += by
        return self.quantity

    def rename(self, label: str) -> None:
        self.label = label
        self.add(len(label))

    def absorb(self, other: Line) -> int:
        self.quantity += other.quantity
        return other.quantity


@dataclass
class Lot:
    line: Line
    items: list[int] = field(default_factory=list)
    spare: Line | None = None

    def put(self, item: int) -> int:
        self.items.append(item)
        self.line.add(item)
        return len(self.items)

    def take(self) -> int:
        return self.items.pop()

    def hold(self, line: Line) -> None:
        self.line = line

    def fresh(self) -> None:
        self.items = [len(self.items)]
        self.line = Line("fresh", self.line.quantity)

    def counted(self) -> Line:
        self.line.quantity += 1
        return self.line


@dataclass(frozen=True)
class Pin:
    line: Line
    number: int = 0


class Refused(Refusal):
    number: int


class Box(Machine):
    n: int = 1
    line: Line = Line("one", 1)
    lot: Lot = Lot(Line("inner", 2), [1])
    lines: dict[int, Line] = {0: Line("a", 1), 1: Line("b", 2)}
    shelf: list[Line] = [Line("x", 3), Line("y", 4), Line("z", 5)]
    lots: dict[int, Lot] = {0: Lot(Line("p", 1), [5, 6]), 2: Lot(Line("q", 2), [], Line("r", 3))}
    rows: list[list[int]] = [[1, 2], [3]]
    pin: Pin = Pin(Line("pinned"))
    maybe: Line | None = None

    def _bump(self, key: int) -> int:
        self.lines[key].quantity += 1
        return self.lines[key].quantity

    def _grow(self, key: int) -> int:
        self.lots[key].items.append(key)
        return len(self.lots[key].items)

    def _drop(self, key: int) -> int:
        if key in self.lines:
            del self.lines[key]
        return len(self.lines)

    def _shift(self) -> int:
        del self.shelf[0]
        return len(self.shelf)

    def _count(self) -> int:
        self.n += 1
        return self.n

    def _keep(self, line: Line, key: int) -> int:
        self.lines[key] = line
        return line.quantity

    def _look(self, line: Line) -> int:
        return line.quantity + len(line.label)

    def _size(self, items: list[int]) -> int:
        total = 0
        for item in items:
            total += item
        return total

    def _find(self, key: int) -> Line:
        return self.lines[key]

    def _made(self, key: int) -> Line:
        if key not in self.lines:
            self.n += 1
            self.lines[key] = Line("made", self.n)
        return self.lines[key]

    def _first(self, least: int) -> Line | None:
        for line in self.shelf:
            if line.quantity >= least:
                return line
        return None

    def _spot(self, key: int) -> list[int]:
        return self.lots[key].items

    def run(self, p: int, given: Line, many: list[Line]) -> int:
        n = 0
        m = p
        line: Line = Line("own", 10)
        other: Line = Line("other", 11)
        lot: Lot = Lot(Line("mine"), [12])
        row: list[int] = [13]
        items: list[int] = []
        found: Line | None = None
        best: Lot | None = None
        d: dict[int, Line] = {1: Line("local", 14)}
"""
