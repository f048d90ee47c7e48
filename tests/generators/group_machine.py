"""The machine that `group_programs` writes statements for: `HEAD`, up to the first of them."""

from __future__ import annotations

from typing import Any

HEAD = """\
from __future__ import annotations

from dataclasses import dataclass, field

from camshaft import Machine, Refusal


@dataclass
class Item:
    name: str
    n: int = 0

    def add(self, by: int) -> int:
        self.n += by
        return self.n


@dataclass
class Group:
    main: Item = field(default_factory=lambda: Item("main", 1))
    items: list[Item] = field(default_factory=list)
    by: dict[int, Item] = field(default_factory=dict)
    marks: list[int] = field(default_factory=list)
    spare: Item | None = None

    def first(self) -> Item:
        return self.items[0]

    def at(self, index: int) -> Item:
        self.marks.append(index)
        return self.items[index]

    def get(self, key: int) -> Item | None:
        return self.by.get(key)

    def make(self, key: int) -> Item:
        item = self.by.get(key)
        if item is None:
            item = Item("made", key)
            self.by[key] = item
        item.n += 1
        return item

    def least(self) -> Item:
        return min(self.items, key=lambda one: one.n)

    def chosen(self, key: int) -> Item:
        if key in self.by:
            return self.by[key]
        return self.main

    def pool(self) -> list[Item]:
        return self.items

    def marked(self) -> list[int]:
        self.marks.append(0)
        return self.marks

    def pop(self, index: int) -> Item:
        item = self.items.pop(index)
        item.n += 1
        return item

    def swap(self, key: int, item: Item) -> Item:
        old = self.by[key]
        self.by[key] = item
        return old

    def move(self, index: int, key: int) -> None:
        self.by[key] = self.items.pop(index)

    def keep(self, least: int) -> int:
        kept = [item for item in self.items if item.n >= least]
        gone = len(self.items) - len(kept)
        self.items = kept
        return gone

    def push(self, item: Item) -> int:
        self.items.append(item)
        return len(self.items)

    def raise_all(self, by: int) -> int:
        total = 0
        for item in self.items:
            item.n += by
            total += item.n
        return total

    def rotate(self) -> Item:
        item = self.items.pop(0)
        item.n += 1
        self.items.append(item)
        item.n += 10
        return item

    def total(self) -> int:
        return self.main.n + sum(item.n for item in self.items) + sum(self.marks) + len(self.by)


class Refused(Refusal):
    number: int


class Box(Machine):
    n: int = 1
    group: Group = Group()
    groups: dict[int, Group] = {}
    rows: list[Group] = []
    tree: dict[int, dict[int, Group]] = {}
    lots: dict[int, list[Item]] = {}
    pairs: list[tuple[int, Item]] = []
    maybe: Group | None = None

    def _group(self, key: int) -> Group:
        return self.groups[key]

    def _ensure(self, key: int) -> Group:
        group = self.groups.get(key)
        if group is None:
            group = Group(marks=[key])
            self.groups[key] = group
        group.marks.append(key)
        return group

    def _found(self, least: int) -> Group | None:
        for group in self.groups.values():
            if group.main.n >= least:
                return group
        return None

    def _item(self, key: int, index: int) -> Item:
        return self.groups[key].items[index]

    def _pool(self, key: int) -> list[Item]:
        return self.groups[key].items

    def _take(self, key: int) -> Group:
        return self.groups.pop(key)

    def _move(self, key: int) -> None:
        self.groups[key].items.append(self.group.items.pop())

    def _put(self, key: int, group: Group) -> int:
        self.groups[key] = group
        return group.main.n

    def _look(self, item: Item) -> int:
        return item.n + len(item.name)

    def _count(self, group: Group) -> int:
        return group.total()

    def run(self, p: int, given: Item, lent: Group) -> int:
        n = 0
        m = 1
        item: Item = Item("item", 10)
        one: Item = Item("one", 11)
        group: Group = Group(Item("mine", 1), [Item("mine0", 2), Item("mine1", 1)], {0: Item("by0")})
        other: Group = Group(Item("his", 1), [Item("his0", 2), Item("his1")], {1: Item("his3", 1), 2: Item("his4")})
        pool: list[Item] = [Item("pool", 12), Item("pool1", 1)]
        marks: list[int] = [13]
        found: Item | None = None
        some: Group | None = None
        d: dict[int, Group] = {1: Group(Item("local", 14), [Item("l0", 1)], {1: Item("l1")})}
"""


def fields(item: type, group: type) -> dict[str, Any]:
    """What is in the machine before the first call. Its classes are those of the program's own module."""

    def made(name: str, least: int) -> Any:
        items = [item(f"{name}{index}", (least + index) % 3) for index in range(3)]
        by = {key: item(f"{name}by{key}", least + key) for key in range(3)}
        return group(item(name, least), items, by, [least], item(f"{name}s") if least == 1 else None)

    return {
        "group": made("a", 2),
        "groups": {0: made("b", 1), 1: made("c", 2), 2: made("d", 0)},
        "rows": [made("e", 1), made("f", 3)],
        "tree": {0: {0: made("g", 1), 1: made("h", 2)}, 1: {0: made("i", 0), 2: made("j", 1)}, 2: {1: made("k", 1)}},
        "lots": {key: [item(f"l{key}", key), item(f"m{key}", 1)] for key in range(3)},
        "pairs": [(1, item("n", 1)), (2, item("o", 2))],
    }
