"""Elements may be tuples and dataclasses."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass(frozen=True)
class Item:
    name: str
    count: int


class Items(Machine):
    def go(self, words: list[str], n: int) -> list[Item]:
        return [Item(w, n) for w in words if w]

    def pairs(self, items: list[Item]) -> dict[str, tuple[int, bool]]:
        return {item.name: (item.count, item.count > 1) for item in items}
