"""The methods of dicts, of the state's and of a method's own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine
from generators.differential import agree, call


class Dicts(Machine):
    stock: dict[str, int] = {}
    lots: dict[str, list[int]] = {}
    nested: dict[str, dict[str, int]] = {}
    deep: dict[str, dict[str, list[str]]] = {}
    maybe: dict[str, int | None] = {}
    count: int = 0

    def _next(self) -> int:
        self.count += 1
        return self.count

    def pops(self, key: str) -> int:
        self.count += 1
        return self.stock.pop(key)

    def pops_or(self, key: str, other: int) -> tuple[int, int | None]:
        return self.stock.pop(key, other), self.stock.pop(key, None)

    def forgets(self, key: str) -> None:
        self.stock.pop(key, None)
        self.lots.pop(key, None)
        if self.lots.pop(key, None) is None:
            self.count += 1

    def default_is_evaluated(self, key: str, by: int) -> int:
        return self.stock.pop(key, 6 // by)

    def key_then_default(self, key: str) -> int:
        return self.stock.pop(key + str(self._next() % 2), self._next())

    def pops_nested(self, key: str, other: str) -> int:
        return self.nested[key].pop(other)

    def pops_list(self, key: str) -> list[int]:
        found = self.lots.pop(key)
        found.append(9)
        return found

    def last(self) -> tuple[str, int]:
        key, value = self.stock.popitem()
        return key, value + len(self.stock)

    def adds(self, key: str, x: int) -> int:
        return self.stock.setdefault(key, x) + self.stock.setdefault("a", self._next())

    def adds_none(self, key: str) -> bool:
        return self.maybe.setdefault(key) is None

    def collects(self, key: str, x: int) -> None:
        self.lots.setdefault(key, []).append(x)
        self.lots.setdefault(key, []).append(self._next())
        self.lots.setdefault("b", [1]).extend([x, x])

    def collects_in_order(self, key: str, x: int) -> None:
        self.lots.setdefault(key, []).append(6 // x)

    def collects_deep(self, key: str, other: str) -> None:
        self.deep.setdefault(key, {}).setdefault(other, []).append(key + other)

    def collects_own(self, keys: list[str]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for i, key in enumerate(keys):
            found.setdefault(key, []).append(i)
        return found

    def pops_from_new(self, key: str) -> int:
        return self.lots.setdefault(key, [7]).pop()

    def updates(self, other: dict[str, int], x: int) -> None:
        self.stock.update(other)
        self.stock.update(a=x, c=self._next())
        self.stock.update(other, a=len(self.stock), e=self._next())
        self.stock.update([("d", x), ("a", x + 1)])
        self.stock.update(zip(other, [1, 2], strict=False))
        self.stock.update({})
        self.stock.update(self.stock)
        self.nested["n"] = {}
        self.nested["n"].update(self.stock)

    def merges(self, other: dict[str, int]) -> dict[str, int]:
        self.stock |= other
        own = {"a": 1} | other
        own |= {"z": 26}
        return self.stock | own

    def clears(self, key: str) -> int:
        self.nested[key].clear()
        self.stock.clear()
        return len(self.stock)

    def copies(self, key: str) -> dict[str, int]:
        copy = self.stock.copy()
        copy[key] = 100
        del self.stock[key]
        return copy

    def views(self) -> list[tuple[str, int]]:
        return sorted(self.stock.items(), key=lambda item: (item[1], item[0])) + list(self.stock.items())

    def own_order(self, other: dict[str, int]) -> list[str]:
        own = dict(other)
        first = own.pop("a", 0)
        own["a"] = own.setdefault("b", first) + len(own)
        return list(own)


KEYS = st.sampled_from(["a", "b", "a1"])
STOCK = st.dictionaries(KEYS, st.integers(-2, 4))


@given(
    STOCK,
    st.dictionaries(KEYS, st.lists(st.integers(0, 3), max_size=2)),
    st.dictionaries(KEYS, STOCK, max_size=2),
    STOCK,
    KEYS,
    KEYS,
    st.integers(-1, 2),
    st.data(),
)
def test_methods_of_dicts(
    stock: dict[str, int],
    lots: dict[str, list[int]],
    nested: dict[str, dict[str, int]],
    other: dict[str, int],
    key: str,
    key2: str,
    n: int,
    data: st.DataObject,
) -> None:
    calls = [
        call("pops", key),
        call("pops_or", key, n),
        call("forgets", key),
        call("default_is_evaluated", key, n),
        call("key_then_default", "a"),
        call("pops_nested", key, key2),
        call("pops_list", key),
        call("last"),
        call("adds", key, n),
        call("adds_none", key),
        call("collects", key, n),
        call("collects_in_order", key, n),
        call("collects_deep", key, key2),
        call("collects_own", [key, key2, key]),
        call("pops_from_new", key),
        call("updates", other, n),
        call("merges", other),
        call("clears", key),
        call("copies", key),
        call("views"),
        call("own_order", other),
    ]
    agree(Dicts, *data.draw(st.permutations(calls)), stock=stock, lots=lots, nested=nested)
