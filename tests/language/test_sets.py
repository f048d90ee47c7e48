"""Sets mean what they mean in Python, but for the order of their members, which nothing tells."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine
from generators.differential import agree, call


@dataclass(frozen=True)
class Seat:
    row: int
    name: str


class Members(Machine):
    ids: set[int] = set()
    groups: dict[str, set[str]] = {}
    fixed: frozenset[int] = frozenset({1, 2})
    seats: set[Seat] = set()
    count: int = 0

    def add(self, n: int) -> int:
        self.ids.add(n)
        return len(self.ids)

    def remove(self, n: int) -> None:
        self.ids.remove(n)

    def discard(self, n: int) -> bool:
        self.ids.discard(n)
        return n in self.ids

    def add_then_fail(self, n: int, m: int) -> int:
        self.ids.add(n)
        self.ids.discard(m)
        self.ids -= {n + 1}
        return n // m

    def clear(self) -> bool:
        self.ids.clear()
        return not self.ids

    def update(self, xs: list[int], other: set[int]) -> list[int]:
        self.ids.update(xs, other)
        self.ids |= {7, 8}
        self.ids &= set(range(6)) | other
        self.ids ^= {1}
        return sorted(self.ids)

    def without(self, xs: list[int]) -> list[int]:
        self.ids.difference_update(xs)
        self.ids.intersection_update(self.fixed, range(5))
        self.ids.symmetric_difference_update([5])
        return sorted(self.ids, reverse=True)

    def operators(self, a: set[int], b: set[int]) -> list[set[int]]:
        return [a | b, a & b, a - b, a ^ b, {1, 2}, a | self.fixed, a.copy()]

    def named(self, a: set[int], b: set[int]) -> list[set[int]]:
        return [a.union(b, [1]), a.intersection(b), a.difference(b, (2, 3)), a.symmetric_difference(b), a.union()]

    def compared(self, a: set[int], b: set[int]) -> list[bool]:
        return [a <= b, a < b, a >= b, a > b, a == b, a != b, a == self.fixed, self.fixed <= a, bool(a)]

    def asked(self, a: set[int], b: set[int], n: int) -> list[bool]:
        return [a.isdisjoint(b), a.issubset(b), a.issuperset([n]), n in a, n not in b, n in {1, n + 1}]

    def totals(self, a: set[int]) -> tuple[int, int, int, bool]:
        return (sum(a), max(a), min(a), any(a))

    def loop(self, a: set[int]) -> list[int]:
        return [n * 2 for n in sorted(a) if n in self.ids]

    def freeze(self, xs: list[int]) -> frozenset[int]:
        self.fixed = frozenset(xs) | self.fixed
        self.fixed &= frozenset(self.ids)
        return self.fixed

    def join(self, group: str, name: str) -> int:
        if group not in self.groups:
            self.groups[group] = set()
        self.groups[group].add(name)
        return len(self.groups[group])

    def join_known(self, group: str, name: str) -> None:
        self.groups[group].add(name)

    def leave(self, group: str, names: list[str], index: int) -> None:
        self.groups[group].discard(names[index])
        self.groups[group].remove(names[index + 1])

    def empty(self, group: str) -> None:
        self.groups[group].clear()

    def merge(self, group: str, names: list[str], index: int) -> list[str]:
        self.groups[group].update(names, {names[index]})
        return sorted(self.groups[group])

    def sit(self, row: int, name: str) -> bool:
        seat = Seat(row, name)
        if seat in self.seats:
            return False
        self.seats.add(seat)
        return True

    def local(self, xs: list[int]) -> list[int]:
        seen: set[int] = set()
        twice: set[int] = set()
        for x in xs:
            if x in seen:
                twice.add(x)
            seen.add(x)
        seen -= twice
        return sorted(seen)

    def characters(self, text: str) -> list[str]:
        return sorted(set(text))

    def keys(self) -> set[str]:
        return set(self.groups) | set(self.groups.keys())


numbers = st.integers(-2, 8)
sets = st.sets(numbers, max_size=5)


@given(sets, sets, numbers)
def test_operations_of_two_sets(a: set[int], b: set[int], n: int) -> None:
    agree(
        Members,
        call("operators", a, b),
        call("named", a, b),
        call("compared", a, b),
        call("asked", a, b, n),
        call("totals", a),
        call("loop", a),
        ids=b,
    )


@given(sets, st.lists(numbers, max_size=5), sets, numbers, numbers)
def test_a_set_in_a_field_is_changed_in_place(ids: set[int], xs: list[int], other: set[int], n: int, m: int) -> None:
    agree(
        Members,
        call("add", n),
        call("discard", m),
        call("remove", n),
        call("remove", n),
        call("add_then_fail", n, m),
        call("add_then_fail", n, 0),
        call("update", xs, other),
        call("without", xs),
        call("freeze", xs),
        call("local", xs),
        call("clear"),
        call("totals", ids),
        ids=ids,
    )


def test_sets_within_a_dict() -> None:
    agree(
        Members,
        call("join_known", "a", "x"),
        call("join", "a", "x"),
        call("join", "a", "y"),
        call("join", "a", "x"),
        call("leave", "b", ["x"], 5),
        call("leave", "a", ["x"], 5),
        call("leave", "a", ["x", "z"], 0),
        call("leave", "a", ["x", "y"], 0),
        call("merge", "a", ["p", "q"], 1),
        call("merge", "a", ["p", "q"], 2),
        call("merge", "c", ["p", "q"], 2),
        call("empty", "a"),
        call("empty", "c"),
        call("keys"),
        call("characters", "banana"),
        call("sit", 1, "a"),
        call("sit", 1, "a"),
    )


class Copies(Machine):
    ids: set[int] = {1}
    frozen: frozenset[int] = frozenset()
    groups: dict[str, set[int]] = {}

    def snapshots(self, n: int) -> list[bool]:
        before = set(self.ids)
        frozen = frozenset(self.ids)
        copied = self.ids.copy()
        self.frozen = frozenset(self.ids)
        self.ids.add(n)
        before.discard(1)
        return [before == self.ids, frozen == self.ids, copied == frozen, self.frozen == frozen, len(before) == 1]

    def given(self, other: set[int]) -> set[int]:
        mine = set(other)
        mine.add(9)
        self.ids = mine
        self.ids.discard(0)
        return set(self.ids)

    def augment(self, group: str, xs: list[int], index: int) -> int:
        self.groups[group] |= {xs[index]}
        self.groups[group] -= {1}
        return len(self.groups[group])

    def group(self, name: str, xs: list[int]) -> set[int]:
        self.groups[name] = set(x + 1 for x in xs) | set([x for x in xs if x > 2])
        return self.groups[name]


def test_a_copy_of_a_set_is_a_set_of_its_own() -> None:
    agree(
        Copies,
        call("snapshots", 5),
        call("snapshots", 5),
        call("given", {0, 3}),
        call("augment", "a", [], 0),
        call("group", "a", [1, 2, 3]),
        call("augment", "a", [], 0),
        call("augment", "a", [1, 7], 1),
    )
