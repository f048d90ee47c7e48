"""Places of the state: read, written, deleted in Python's order, each key evaluated once."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine
from generators.differential import agree, call

KEYS = st.sampled_from(["a", "b", "c"])
INDEXES = st.integers(-4, 3)


@dataclass(frozen=True)
class Box:
    label: str
    numbers: list[int]
    size: tuple[int, int] = (1, 2)


class Places(Machine):
    stock: dict[str, int] = {"a": 1, "b": 2}
    rows: list[list[int]] = [[1, 2, 3], [4]]
    nested: dict[str, dict[int, list[str]]] = {"a": {1: ["x"]}}
    box: Box = Box("box", [1, 2])
    boxes: dict[str, Box] = {"a": Box("in", [5])}
    pair: tuple[int, str] = (1, "one")
    calls: int = 0

    def _key(self, key: str) -> str:
        return key + ""

    def add(self, key: str, amount: int) -> int:
        self.stock[key] += amount
        return self.stock[key]

    def put(self, key: str, amount: int) -> None:
        self.stock[key] = amount
        self.stock[key + "2"] = amount // (amount - 1)

    def take(self, key: str) -> int:
        found = self.stock[key]
        del self.stock[key]
        return found

    def take_and_put_back(self, key: str) -> None:
        kept = self.stock[key]
        del self.stock[key]
        self.stock[key] = kept

    def look(self, key: str, other: int) -> list[int]:
        return [self.stock.get(key, other), self.stock.get(key, -1), len(self.stock)]

    def maybe(self, key: str) -> int | None:
        return self.stock.get(key)

    def default_is_evaluated(self, key: str, number: int) -> int:
        return self.stock.get(key, 10 // number)

    def row(self, i: int, j: int) -> int:
        self.rows[i][j] += 1
        self.rows[i][j] = self.rows[i][j] * 2
        return self.rows[i][j]

    def drop(self, i: int) -> None:
        del self.rows[0][i]

    def grow(self, i: int, number: int) -> None:
        self.rows[i].append(6 // number)
        self.rows.append([number])
        self.rows += [[1], [2]]

    def deep(self, key: str, number: int) -> list[str]:
        self.nested[key][number].append("y")
        self.nested[key][number + 1] = [key]
        return self.nested[key][1]

    def in_box(self, key: str, number: int) -> int:
        self.box.numbers.append(number)
        self.box.numbers[0] -= 1
        self.boxes[key].numbers.append(self.box.numbers[-1])
        return self.box.size[1] + self.boxes["a"].numbers[0] + len(self.box.label)

    def replace(self, number: int) -> None:
        self.box = Box("new", [number], size=(number, self.box.size[0]))
        self.pair = (self.pair[0] + 1, self.pair[-1] + "!")

    def by_computed_key(self, key: str, number: int) -> int:
        self.stock[self._key(key)] += number
        self.stock[f"{key}"] -= self.stock[key[0]] // number
        return self.calls

    def both(self, key: str) -> None:
        self.calls, self.stock[key] = self.calls + 1, self.calls

    def index_assigned_first(self, i: int) -> int:
        i, self.rows[0][i] = 1, 9
        return i


@given(KEYS, st.integers(-2, 3), INDEXES, INDEXES)
def test_places_are_those_of_python(key: str, number: int, i: int, j: int) -> None:
    agree(
        Places,
        call("add", key, number),
        call("put", key, number),
        call("take_and_put_back", key),
        call("take", key),
        call("look", key, number),
        call("maybe", key),
        call("default_is_evaluated", key, number),
        call("row", i, j),
        call("drop", i),
        call("grow", i, number),
        call("deep", key, number),
        call("in_box", key, number),
        call("replace", number),
        call("by_computed_key", key, number),
        call("both", key),
        call("index_assigned_first", i),
    )


def test_an_entry_that_is_deleted_and_put_back_moves_to_the_end() -> None:
    agree(Places, call("take_and_put_back", "a"), call("add", "b", 1))


class Effects(Machine):
    """What helpers change while an expression around them is evaluated."""

    count: int = 0
    stock: dict[str, int] = {"a": 1}
    log: list[str] = []

    def _bump(self) -> int:
        self.count += 1
        return self.count

    def _note(self, text: str) -> str:
        self.log.append(text)
        return text

    def augmented(self) -> int:
        self.count += self._bump()
        return self.count

    def augmented_by_key(self) -> None:
        self.stock["a"] += self._bump()

    def operands(self) -> int:
        return self.count + self._bump() * 10 + self.count * 100

    def arguments(self) -> str:
        return self._pair(second=self._note("s"), first=self._note("f"))

    def _pair(self, first: str, second: str) -> str:
        return first + second + str(len(self.log))

    def stored_value_first(self, key: str) -> None:
        self.stock[key] = self._bump()

    def condition(self) -> str:
        return "more" if self._bump() > 1 and self._bump() > 2 else "less"

    def listed(self) -> list[int]:
        return [self._bump(), self.count, self._bump()]

    def discarded(self) -> None:
        self._bump()
        self._note("done")
        self.count


def test_effects_come_in_pythons_order() -> None:
    agree(
        Effects,
        *(call(name) for name in ("augmented", "augmented_by_key", "operands", "arguments")),
        call("stored_value_first", "b"),
        *(call(name) for name in ("condition", "listed", "discarded", "condition")),
    )
