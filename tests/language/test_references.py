"""Objects that change, and names that stand for places: the same as Python's references, or refused."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, note, settings
from hypothesis import strategies as st

from camshaft import Machine, Refusal
from generators.differential import Call, agree, call
from generators.object_machine import HEAD
from generators.object_programs import object_programs
from generators.python_programs import Statement, accepted

KEYS = st.sampled_from(["a", "b", "c"])
INDEXES = st.integers(-4, 3)


@dataclass
class Line:
    title: str
    quantity: int
    price: int = 1


@dataclass
class Lot:
    best: Line
    bids: list[str] = field(default_factory=list)
    by_bidder: dict[str, Line] = field(default_factory=dict)


class Missing(Refusal):
    key: str


class Market(Machine):
    lines: dict[str, Line] = {"a": Line("A", 1), "b": Line("B", 2, 5)}
    lots: dict[str, Lot] = {"a": Lot(Line("L", 1), ["x"])}
    shelf: list[Line] = [Line("s", 1), Line("t", 2), Line("u", 3)]
    grid: list[list[int]] = [[1, 2], [3], []]
    cells: list[int] = []
    first: Line = Line("first", 0)
    total: int = 0

    def _of(self, key: str) -> Line:
        return self.lines[key]

    def _price(self, line: Line) -> int:
        return line.price * line.quantity

    def _bump(self, key: str) -> int:
        self.lines[key].quantity += 1
        return self.lines[key].quantity

    def _store(self, line: Line, key: str) -> None:
        self.lines[key] = line

    def add(self, key: str, title: str, quantity: int) -> int:
        line = self.lines.get(key)
        if line is None:
            line = Line(title, 0)
            self.lines[key] = line
        line.quantity += quantity
        return line.quantity

    def double(self) -> None:
        for line in self.lines.values():
            line.quantity *= 2

    def divide(self, number: int) -> None:
        for line in self.shelf:
            line.quantity = 12 // (line.quantity - number)

    def rename(self, key: str, title: str) -> None:
        self.lines[key].title = title

    def bid(self, key: str, bidder: str) -> int:
        lot = self.lots.get(key)
        if lot is None:
            lot = Lot(Line("new", 0))
            self.lots[key] = lot
        lot.bids.append(bidder)
        lot.best.title = bidder
        lot.by_bidder[bidder] = Line(bidder, len(lot.bids))
        return len(lot.bids)

    def bid_everywhere(self, bidder: str) -> None:
        for key, lot in self.lots.items():
            lot.bids.append(key + bidder)
            for line in lot.by_bidder.values():
                line.price += 1

    def cell(self, y: int, x: int, value: int) -> int:
        row = self.grid[y]
        y = 0
        row[x] = value
        row.append(y)
        row += [value, value]
        return len(row)

    def last_then(self) -> int:
        last = self.shelf[-1]
        self.shelf.append(Line("later", 9))
        last.quantity += 10
        return self.shelf[-1].quantity

    def widen(self) -> None:
        for row in self.grid:
            row.append(len(row))

    def numbered(self) -> None:
        for i in range(len(self.grid)):
            row = self.grid[i]
            for j in range(len(row)):
                row[j] += i

    def stored(self, cells: list[int]) -> int:
        self.cells = cells
        self.cells.append(7)
        return len(cells)

    def own_then_stored(self, key: str) -> Line:
        own = Line("own", 1)
        own.quantity += 1
        self.lines[key] = own
        own.quantity += 1
        self.lines[key].quantity += 1
        return own

    def appended(self, numbers: list[int]) -> int:
        row: list[int] = []
        self.grid.append(row)
        for number in numbers:
            row.append(number)
        self.grid[-1].append(0)
        return len(row)

    def best_of_all(self, key: str) -> Line | None:
        best: Line | None = None
        for line in self.lines.values():
            if best is None or line.price > best.price:
                best = line
        if best is not None:
            best.quantity -= 1
            self.lines[key].quantity += 10
            best.quantity *= 3
        return best

    def find(self, title: str) -> int:
        found: Line | None = None
        for line in self.shelf:
            if line.title == title:
                found = line
                break
        if found is None:
            raise Missing(title)
        found.quantity -= 1
        return found.quantity

    def transfer(self, source: str, target: str, amount: int) -> int:
        giver = self.lines[source]
        taker = self.lines[target]
        giver.quantity -= amount
        taker.quantity += amount
        assert giver.quantity >= 0
        return giver.quantity

    def put_back(self, key: str) -> int:
        line = self.lines[key]
        line.quantity += 1
        self.lines[key] = line
        line.quantity += 1
        return self.lines[key].quantity

    def read_by_helper(self, key: str) -> int:
        line = self._of(key)
        return line.quantity + self._price(self.lines[key]) + self._price(line)

    def changed_by_helper(self, key: str) -> int:
        line = self.lines[key]
        before = line.quantity
        self._bump(key)
        line.quantity += 100
        return line.quantity - before

    def stored_by_helper(self, key: str, given: Line) -> int:
        self._store(given, key)
        self._store(Line("fresh", 5), key + key)
        return self._bump(key)

    def one_or_other(self, key: str, which: bool) -> int:
        line = self.lines["a"]
        if which:
            line = self.lines[key]
        line.quantity += 1
        return line.quantity

    def handed_on(self, count: int) -> list[int]:
        current: list[int] = [0]
        seen: list[int] = []
        for number in range(count):
            previous = current
            current = [number]
            previous.append(number)
            seen += previous
        current.append(99)
        return seen + current

    def field_of_a_field(self, key: str) -> int:
        best = self.lots[key].best
        best.quantity += 1
        self.lots[key].best.quantity += 1
        best = Line("other", best.quantity)
        best.quantity += 1
        return best.quantity

    def captured(self, key: str) -> str:
        match self.lots[key]:
            case Lot(best=Line(title=title, quantity=quantity) as line, bids=bids):
                line.quantity = quantity + 1
                bids.append(title)
                line.title = "seen"
                return title

    def while_any(self) -> int:
        rounds = 0
        line = self.shelf[0]
        while line.quantity < 6:
            line.quantity += 2
            rounds += 1
            line = self.shelf[rounds % 3]
        return rounds

    def optional_parameter(self, line: Line | None = None) -> int:
        if line is None:
            line = self.first
        return line.quantity


CALLS = st.one_of(
    st.builds(call, st.just("add"), KEYS, KEYS, INDEXES),
    st.builds(call, st.sampled_from(["double", "widen", "numbered", "last_then", "while_any"])),
    st.builds(call, st.just("divide"), INDEXES),
    st.builds(call, st.sampled_from(["rename", "bid"]), KEYS, KEYS),
    st.builds(call, st.just("transfer"), KEYS, KEYS, st.integers(0, 3)),
    st.builds(call, st.just("bid_everywhere"), KEYS),
    st.builds(call, st.just("cell"), INDEXES, INDEXES, INDEXES),
    st.builds(call, st.sampled_from(["stored", "appended"]), st.lists(INDEXES, max_size=3)),
    st.builds(
        call,
        st.sampled_from(
            ["own_then_stored", "best_of_all", "put_back", "read_by_helper", "changed_by_helper", "field_of_a_field"]
        ),
        KEYS,
    ),
    st.builds(call, st.just("find"), st.sampled_from(["s", "u", "none"])),
    st.builds(call, st.just("stored_by_helper"), KEYS, st.builds(Line, KEYS, INDEXES)),
    st.builds(call, st.just("one_or_other"), KEYS, st.booleans()),
    st.builds(call, st.just("handed_on"), st.integers(0, 4)),
    st.builds(call, st.just("captured"), KEYS),
    st.builds(call, st.just("optional_parameter"), st.none() | st.builds(Line, KEYS, INDEXES)),
)


@given(st.lists(CALLS, min_size=1, max_size=12))
def test_ordinary_python_over_objects_that_change_means_the_same(calls: list[Call]) -> None:
    agree(Market, *calls)


@given(object_programs())
@settings(max_examples=settings().max_examples // 2)  # each is compiled several times
def test_names_stand_for_the_objects_that_python_means(statements: list[Statement]) -> None:
    with TemporaryDirectory() as directory:
        compiled = accepted(copy.deepcopy(statements), Path(directory), HEAD)
        note((Path(directory) / "box.py").read_text().partition("14)}\n")[2])
    (box,) = compiled.machines
    line = getattr(box.cls, "run").__globals__["Line"]  # noqa: B009  # mypy knows no method of it
    agree(
        box.cls,
        call("run", 0, line("given", 20), [line("m", 21), line("mm", 22)]),
        call("run", 2, line("given", 0), []),
        call("run", -1, line("g", 5), [line("m", 1)]),
    )
