"""A number is looked for in a range by arithmetic; the item is evaluated first, then the bounds, once each."""

from camshaft import Machine


class Ranges(Machine):
    calls: list[str] = []

    def heard(self, name: str, n: int) -> int:
        self.calls.append(name)
        return n

    def plain(self, n: int, low: int, high: int) -> list[bool]:
        return [n in range(high), n in range(low, high), n not in range(low, high), n in range(0)]

    def steps(self, n: int, low: int, high: int) -> list[bool]:
        return [n in range(low, high, 3), n in range(high, low, -2), n not in range(low, high, 1), n in range(9, 0, -1)]

    def fails(self, n: int, low: int) -> bool:
        return 12 // n in range(low, 7 // low)

    def in_order(self, n: int) -> bool:
        found = self.heard("item", n) * 2
        return found in range(n, n + 9) or found + 1 in range(-3, 4)

    def tested(self, n: int) -> str:
        if n not in range(1, 7):
            return "no"
        return "yes" if n + 1 in range(2, 9, 2) else "odd"
