"""A loop over a copy of a dict changes elements where they are, and deletes entries, its own and others': each round
has the object that Python has, whether its entry is still there or not."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

import camshaft as cam
from camshaft import Machine
from camshaft.language.compile import CompileError
from generators.differential import agree, call


@dataclass
class Lot:
    name: str
    best: int = 0
    bids: list[int] = field(default_factory=list)

    def raise_to(self, amount: int) -> bool:
        self.bids.append(amount)
        self.best = max(self.best, amount)
        return self.best == amount


@dataclass
class Tally:
    name: str
    count: int = 0


@dataclass
class Board:
    lots: dict[str, Lot] = field(default_factory=dict)

    def close(self, least: int) -> list[str]:
        closed: list[str] = []
        for lot in list(self.lots.values()):
            lot.best -= 1
            if lot.best < least and lot.name in self.lots:
                del self.lots[lot.name]
                closed.append(lot.name)
        return closed


class Market(Machine):
    lots: dict[str, Lot] = {}
    tallies: dict[tuple[int, ...], Tally] = {}
    names: dict[str, dict[str, int]] = {}
    board: Board = Board()
    log: list[str] = []

    def expire(self, least: int) -> int:
        total = 0
        for lot in list(self.lots.values()):
            lot.best -= 1
            lot.bids.append(lot.best)
            if lot.best < least:
                del self.lots[lot.name]
                self.log.append(f"{lot.name} {lot.best} {len(lot.bids)}")
                continue
            total += sum(lot.bids)
        return total

    def expire_in_order(self, least: int) -> list[str]:
        done: list[str] = []
        for key, lot in sorted(self.lots.items(), key=lambda entry: entry[1].best):
            if lot.raise_to(least) and lot.name in self.lots:
                self.lots.pop(lot.name)
                done.append(f"{key} {lot.name}")
        return done

    def some(self, least: int) -> None:
        for lot in [one for one in self.lots.values() if one.best > least]:
            lot.best += 1
            for other in ("a", "b"):
                if other in self.lots and other != lot.name:
                    del self.lots[other]
                    break
            else:
                self.log.append(f"{lot.name} {len(lot.bids)}")

    def count(self, k: tuple[int, ...], n: int) -> int:
        for key, tally in list(self.tallies.items()):
            tally.count += 1
            if tally.count > n:
                del self.tallies[k]
                k = (*key, 0)
                self.log.append(tally.name)
            n += tally.count
        return n

    def of_dicts(self, k: str) -> None:
        for key, inner in list(self.names.items()):
            inner[key] = inner.get(k, 0) + 1
            if k in self.names:
                del self.names[k]
                k = key

    def of_a_name(self, least: int) -> None:
        board = self.board
        for lot in list(board.lots.values()):
            lot.best -= 1
            if lot.best < least:
                del board.lots[lot.name]

    def of_its_own(self, least: int) -> list[str]:
        return self.board.close(least)

    def put_back(self, least: int) -> None:
        for key, lot in list(self.lots.items()):
            lot.best += 1
            if lot.best > least and lot.name in self.lots:
                del self.lots[lot.name]
            elif lot.best == least:
                self.lots[key] = Lot(key)


NAMES = st.sampled_from(["a", "b", "c", "d"])
LOTS = st.dictionaries(
    NAMES, st.builds(Lot, NAMES, st.integers(-2, 3), st.lists(st.integers(0, 3), max_size=2)), max_size=4
)
KEYS = st.lists(st.integers(0, 1), max_size=2).map(tuple)
TALLIES = st.dictionaries(KEYS, st.builds(Tally, NAMES, st.integers(0, 3)), max_size=4)
METHODS = st.sampled_from(["expire", "expire_in_order", "some", "of_its_own", "of_a_name", "put_back"])


@given(LOTS, st.lists(st.tuples(METHODS, st.integers(-2, 4)), max_size=4))
def test_rounds_have_what_python_has(lots: dict[str, Lot], calls: list[tuple[str, int]]) -> None:
    agree(Market, *(call(name, n) for name, n in calls), lots=lots, board=Board(copy.deepcopy(lots)))


@given(TALLIES, st.lists(st.tuples(KEYS, st.integers(0, 4)), max_size=3))
def test_rounds_of_other_keys(tallies: dict[tuple[int, ...], Tally], calls: list[tuple[tuple[int, ...], int]]) -> None:
    agree(Market, *(call("count", key, n) for key, n in calls), tallies=tallies)


@given(st.dictionaries(NAMES, st.dictionaries(NAMES, st.integers(0, 2), max_size=2), max_size=4), st.lists(NAMES))
def test_rounds_of_dicts_in_a_dict(names: dict[str, dict[str, int]], keys: list[str]) -> None:
    agree(Market, *(call("of_dicts", key) for key in keys), names=names)


REFUSED = {
    "what was deleted is changed through another name": """
        other = self.lots[k]
        for lot in list(self.lots.values()):
            lot.best += 1
            del self.lots[k]
            other.best += 1
    """,
    "another element is changed, which may be deleted then": """
        for lot in list(self.lots.values()):
            lot.best += 1
            self.lots[k].best += 1
            del self.lots[k]
    """,
    "what is deleted goes elsewhere": """
        for lot in list(self.lots.values()):
            lot.best += 1
            self.done.append(self.lots.pop(k))
    """,
    "what is deleted is in a list of the method's own": """
        found: list[Lot] = []
        for lot in list(self.lots.values()):
            lot.best += 1
            found.append(self.lots[k])
            del self.lots[k]
        self.log.append(found[0].name)
    """,
    "another entry is put where a round has yet to come": """
        for lot in list(self.lots.values()):
            lot.best += 1
            del self.lots[k]
            self.lots[k] = Lot(k)
    """,
    "an element may come twice": """
        for lot in [one for _ in range(2) for one in self.lots.values()]:
            lot.best += 1
            del self.lots[k]
    """,
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_round_could_not_know_is_refused(name: str) -> None:
    source = (
        "from dataclasses import dataclass\nfrom camshaft import Machine\n"
        "@dataclass\nclass Lot:\n    name: str\n    best: int = 0\n"
        "class Market(Machine):\n    lots: dict[str, Lot] = {}\n    done: list[Lot] = []\n    log: list[str] = []\n"
        f"    def run(self, k: str) -> None:{REFUSED[name]}"
    )
    with pytest.raises(CompileError, match=r"CAM0(22|12|23)"):
        cam.compile_source(source)
