"""A store in four versions, between which maps move: whole, entry by entry, and in ways that cannot be divided."""

from __future__ import annotations

from dataclasses import dataclass

from camshaft import Machine, Refusal, migration


class TooMany(Refusal):
    count: int


@dataclass(frozen=True)
class Item:
    count: int
    name: str


@dataclass(frozen=True)
class Priced:
    name: str
    count: int
    price: int


class Store(Machine):
    items: dict[str, Item] = {}
    notes: dict[str, list[str]] = {}
    seen: set[str] = set()
    rate: int = 3

    def put(self, name: str, count: int) -> int:
        self.items[name] = Item(count, name)
        self.seen.add(name)
        return len(self.items)

    def take(self, name: str) -> int:
        count = self.items[name].count
        del self.items[name]
        return count

    def note(self, name: str, text: str) -> list[str]:
        self.notes.setdefault(name, []).append(text)
        if len(self.notes[name]) > 3:
            raise TooMany(len(self.notes[name]))
        return self.notes[name]

    def has(self, name: str) -> bool:
        return name in self.items or name in self.seen

    def names(self) -> list[str]:
        return list(self.items)


class Store2(Machine, name="store"):
    seen: set[str] = set()
    items: dict[str, Priced] = {}
    notes: dict[str, list[str]] = {}
    rate: int = 3
    changes: int = 0

    def put(self, name: str, count: int) -> int:
        self.items[name] = Priced(name, count, 1)
        self.seen.add(name)
        return len(self.items)

    def take(self, name: str) -> int:
        count = self.items[name].count + self.items[name].price
        del self.items[name]
        return count

    def note(self, name: str, text: str) -> list[str]:
        self.notes.setdefault(name, []).append(text)
        if len(self.notes[name]) > 3:
            raise TooMany(len(self.notes[name]))
        return self.notes[name]

    def has(self, name: str) -> bool:
        return name in self.items or name in self.seen

    def names(self) -> list[str]:
        return list(self.items)


class Store3(Machine, name="store"):
    items: dict[str, Priced] = {}
    notes: dict[str, int] = {}
    first: list[str] = []
    rate: int = 3

    def put(self, name: str, count: int) -> int:
        self.items[name] = Priced(name, count, self.rate)
        return len(self.items)

    def take(self, name: str) -> int:
        price = self.items[name].price
        del self.items[name]
        if price > 9:
            raise TooMany(price)
        return price

    def has(self, name: str) -> bool:
        return name in self.notes


@migration
def priced(was: Store) -> Store2:
    """Entry by entry, with a field from around; two maps stay as they are."""
    return Store2(
        seen=was.seen,
        items={name: Priced(item.name, item.count, was.rate) for name, item in was.items.items()},
        notes=was.notes,
        rate=was.rate,
        changes=1,
    )


@migration
def unpriced(was: Store2) -> Store:
    """Back again: what a downgrade is."""
    return Store(
        items={name: Item(item.count, item.name) for name, item in was.items.items()},
        notes=was.notes,
        seen=was.seen,
        rate=was.rate,
    )


@migration
def counted(was: Store2) -> Store3:
    """One map entry by entry, one that another field depends on as well."""
    return Store3(
        items={name: item if item.price else Priced(name, item.count, 1) for name, item in was.items.items()},
        notes={name: len(texts) for name, texts in was.notes.items()},
        first=list(was.notes),
        rate=was.rate,
    )


@migration
def doubled(was: Store3) -> Store3:
    """May fail: a product may be too large."""
    return Store3(
        items={name: Priced(name, item.count * 2, item.price) for name, item in was.items.items()},
        notes=was.notes,
        first=was.first,
        rate=was.rate,
    )


@migration
def noted(was: Store3) -> Store:
    """Another way back, which keeps the keys and makes new lists."""
    return Store(
        items={name: Item(item.count, item.name) for name, item in was.items.items()},
        notes={name: ["again"] for name in was.notes},
        rate=was.rate,
    )


@migration
def without_e(was: Store2) -> Store:
    """Fails on some states."""
    assert "e" not in was.items, "there is an e"
    return Store(
        items={name: Item(item.count, item.name) for name, item in was.items.items()},
        notes=was.notes,
        seen=was.seen,
        rate=was.rate,
    )
