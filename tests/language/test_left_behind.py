"""Names for objects that are taken out of their places: they have them, or show them until something changes them."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camshaft import Machine
from camshaft.language.compile import CompileError
from camshaft.language.from_text import compile_source
from generators.differential import Call, agree, call


@dataclass
class Lot:
    name: str
    size: int = 0
    tags: list[str] = field(default_factory=list)


class Yard(Machine):
    lots: dict[str, Lot] = {"a": Lot("a", 3), "b": Lot("b", 1, ["t"])}
    queue: list[Lot] = [Lot("p", 2), Lot("q", 2), Lot("r", 1)]
    names: list[str] = ["x"]
    last: Lot = Lot("last")
    spare: Lot | None = None
    sold: list[Lot] = []

    def deleted(self, key: str) -> int:
        lot = self.lots[key]
        tags = lot.tags
        size = len(tags)
        del self.lots[key]
        lot.size += 1
        lot.tags.append("deleted")
        self.sold.append(lot)
        lot.size += 1
        return self.sold[-1].size + size

    def asked_and_deleted(self, key: str) -> str:
        lot = self.lots.get(key)
        if lot is None:
            return "none"
        del self.lots[key]
        self.queue.append(lot)
        lot.size *= 2
        return lot.name

    def drained(self, amount: int) -> list[str]:
        done: list[str] = []
        while amount > 0 and self.queue:
            lot = self.queue[0]
            taken = min(amount, lot.size)
            lot.size -= taken
            amount -= taken
            if lot.size == 0:
                self.queue.pop(0)
                done.append(lot.name)
                lot.tags.append("done")
                self.sold.append(lot)
        return done

    def replaced(self, key: str) -> int:
        lot = self.lots[key]
        self.lots[key] = Lot(key, lot.size + 1)
        lot.size += 10
        return lot.size - self.lots[key].size

    def emptied(self) -> int:
        names, queue = self.names, self.queue
        self.names = []
        self.queue = []
        names.append("old")
        count = len(queue)
        for lot in queue:
            self.lots[lot.name] = lot
        self.names.append("new")
        return len(names) * 10 + count

    def field_replaced(self, size: int) -> Lot:
        before = self.last
        self.last = Lot("next", size)
        before.tags.append("before")
        self.spare = before
        return before

    def read_after_remove(self, index: int) -> int:
        lot = self.queue[index]
        self.queue.remove(lot)
        return lot.size + len(lot.tags)

    def read_after_sort(self, index: int) -> str:
        lot = self.queue[index]
        self.queue.sort(key=lambda one: -one.size)
        self.lots["z"] = Lot(lot.name + self.queue[index].name)
        return lot.name

    def shown_and_taken(self, key: str) -> int:
        lot = self.lots[key]
        seen = [one for one in self.lots.values() if one.size > 0]
        count = len(seen)
        del self.lots[key]
        lot.size += 5
        return count + lot.size

    def one_of_two(self, key: str, other: str) -> int:
        lot, second = self.lots[key], self.lots[other]
        size = second.size
        del self.lots[key]
        return lot.size + size + second.size


KEYS = st.sampled_from(["a", "b", "z", "p"])
CALLS = st.one_of(
    st.builds(call, st.sampled_from(["deleted", "asked_and_deleted", "replaced", "shown_and_taken"]), KEYS),
    st.builds(call, st.sampled_from(["drained", "field_replaced"]), st.integers(0, 6)),
    st.builds(call, st.sampled_from(["read_after_remove", "read_after_sort"]), st.integers(-2, 2)),
    st.builds(call, st.just("emptied")),
    st.builds(call, st.just("one_of_two"), KEYS, KEYS),
)


@given(st.lists(CALLS, min_size=1, max_size=10))
@settings(max_examples=settings().max_examples // 2)
def test_names_go_on_with_what_was_taken_out_of_its_place(calls: list[Call]) -> None:
    agree(Yard, *calls)


HEAD = """
from __future__ import annotations
from dataclasses import dataclass, field
from camshaft import Machine

@dataclass
class Lot:
    name: str
    size: int = 0

class Yard(Machine):
    lots: dict[str, Lot] = {}
    queue: list[Lot] = []
    other: list[Lot] = []

    def _bump(self) -> int:
        self.lots["a"].size += 1
        return self.lots["a"].size

    def _take(self) -> Lot:
        return self.queue.pop(0)

    def _move(self) -> None:
        self.other.append(self.queue.pop(0))

    def run(self, key: str, given: Lot) -> int:
"""

REFUSED = {
    "a copy in a list does not see what happens to what was taken": """
        found = [one for one in self.queue if one.size]
        lot = self.queue.pop(0)
        lot.size += 1
        return found[0].size
    """,
    "nor does one beside a name that has it from then on": """
        lot = self.queue[0]
        found = [one for one in self.queue if one.size]
        self.queue.pop(0)
        lot.size += 1
        return found[0].size
    """,
    "nor does another name": """
        lot = self.lots[key]
        second = self.lots["b"]
        del self.lots[key]
        lot.size += 1
        return second.size
    """,
    "what was given into a place and taken out again is the same object": """
        self.queue.append(given)
        lot = self.queue.pop()
        lot.size += 1
        return given.size
    """,
    "remove may take another one that is equal": """
        lot = self.queue[1]
        self.queue.remove(lot)
        self.other.append(lot)
        return 0
    """,
    "what a loop puts into two containers is not one's own": """
        kept: list[Lot] = []
        for lot in self.queue:
            kept.append(lot)
            self.other.append(lot)
        self.queue = kept
        return 0
    """,
    "nor what is put there twice": """
        kept: list[Lot] = []
        for lot in self.queue:
            kept.append(lot)
            if lot.size:
                kept.append(lot)
        self.queue = kept
        return 0
    """,
    "nor what another round of a loop around puts there again": """
        kept: list[Lot] = []
        for i in range(2):
            for lot in self.queue:
                kept.append(lot)
        self.queue = kept
        return 0
    """,
    "nor what two loops may have picked": """
        kept: list[Lot] = []
        more: list[Lot] = []
        for lot in self.queue:
            kept.append(lot)
        for lot in self.queue:
            more.append(lot)
        self.queue = kept
        self.other = more
        return 0
    """,
    "nor what two names of one loop show in turn": """
        kept: list[Lot] = []
        for lot, following in zip(self.queue, self.queue[1:]):
            kept.append(lot)
            kept.append(following)
        self.queue = kept
        return 0
    """,
    "nor what one name shows, and another changes in the next round": """
        kept: list[Lot] = []
        for following, lot in zip(self.queue[1:], self.queue):
            lot.size += 1
            kept.append(following)
        self.queue = kept
        return 0
    """,
    "nor what a loop within puts there in each of its rounds": """
        kept: list[Lot] = []
        for lot in self.queue:
            for i in range(2):
                kept.append(lot)
        self.queue = kept
        return 0
    """,
    "nor what a loop within that may end early puts there": """
        kept: list[Lot] = []
        for lot in self.queue:
            while lot.size < len(kept):
                kept.append(lot)
        self.queue = kept
        return 0
    """,
    "nor what is changed after it was put there": """
        kept: list[Lot] = []
        for lot in self.queue:
            kept.append(lot)
            lot.size += 1
        self.queue = kept
        return 0
    """,
    "another key than the loop's own may be a new one": """
        for name in self.lots:
            self.lots[key] = Lot(name)
        return 0
    """,
    "what is gone over is not taken away, but out of a copy": """
        for name, lot in self.lots.items():
            del self.lots[name]
        return 0
    """,
    "of what is gone over only the loop's own element goes elsewhere": """
        for name, lot in list(self.lots.items()):
            lot.size += 1
            self.queue.append(self.lots.pop(key))
        return 0
    """,
    "what all elements of a list went into is not changed through that": """
        moved = [Lot("a"), Lot("b")]
        self.queue += moved
        self.queue[0].size += 1
        return moved[0].size
    """,
    "what is put in the place may change the object first": """
        lot = self.lots["a"]
        self.lots["a"] = Lot("new", self._bump())
        return lot.size
    """,
    "a copy in a list does not see what happens to what a helper took": """
        found = [one for one in self.queue if one.size]
        lot = self._take()
        lot.size += 1
        return found[0].size
    """,
    "nor to what a helper put elsewhere": """
        found = [one for one in self.queue if one.size]
        self._move()
        self.other[-1].size += 1
        return found[0].size
    """,
    "nor to what a name has and stores": """
        lot = self.queue[0]
        found = [one for one in self.queue if one.size]
        self.queue.pop(0)
        self.other.append(lot)
        self.other[-1].size += 1
        lot.size += 1
        return found[0].size
    """,
    "a name for elements goes with the container that has them": """
        found = [one for one in self.queue if one.size]
        for one in found:
            one.size += 1
        self.queue.pop(0)
        return found[0].size
    """,
    "a list of elements is not changed itself": """
        found = [one for one in self.queue if one.size]
        for one in found:
            one.size += 1
        found.append(Lot("new"))
        return len(found)
    """,
    "a name for the old container shares its elements with the new one": """
        old = self.queue
        self.queue = [one for one in self.queue if one.size]
        old[0].size += 1
        return self.queue[0].size
    """,
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_would_not_mean_the_same_is_refused(text: str) -> None:
    with pytest.raises(CompileError):
        compile_source(HEAD + text)
