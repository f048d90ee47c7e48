"""What a loop goes through is not taken out of its place, and changed elsewhere, while it does."""

from __future__ import annotations

from dataclasses import dataclass, field

from camshaft import Machine


@dataclass
class Item:
    n: int = 0


@dataclass
class Group:
    items: list[Item] = field(default_factory=list)


class Box(Machine):
    group: Group = Group([Item(), Item()])
    groups: dict[int, Group] = {1: Group([Item(), Item()])}
    shelf: list[Group] = []

    def _moved(self, key: int) -> None:
        group = self.groups.pop(key)
        group.items[0].n += 1
        self.shelf.append(group)

    def by_a_method(self) -> int:
        total = 0
        for item in self.groups[1].items:
            self._moved(1)  # error: CAM022
            total += item.n
        return total

    def by_a_name(self) -> int:
        total = 0
        for item in self.group.items:
            items = self.group.items
            self.group.items = []  # error: CAM022
            items[0].n += 1
            total += item.n  # error: CAM012
        return total

    def by_a_name_for_what_it_is_in(self) -> int:
        total = 0
        for item in list(self.group.items):
            group = self.group
            self.group = Group()  # error: CAM022
            group.items[0].n += 1
            total += item.n  # error: CAM012
        return total

    def by_the_value_of_a_call(self) -> int:
        total = 0
        for item in [one for one in self.groups[1].items if one.n]:
            group = self.groups.pop(1)  # error: CAM022
            group.items[0].n += 1
            total += item.n
        return total

    def gathered(self) -> int:
        kept: list[Item] = []
        for item in self.groups[1].items:
            kept.append(item)
        for item in kept:  # error: CAM012
            item.n += 1
            self._moved(1)
        return 0
