"""Sets and frozen sets are compared and put together as in Python, and only `sorted` tells their members."""

from camshaft import Machine

FIXED = frozenset({1, 2, 3})


class Questions(Machine):
    frozen: frozenset[int] = frozenset()

    def operators(self, a: set[int], b: set[int]) -> list[set[int]]:
        return [a | b, a & b, a - b, a ^ b, a | FIXED]

    def named(self, a: set[int], b: set[int]) -> list[set[int]]:
        return [a.union(b, [1]), a.intersection(b), a.difference(b, (2, 3)), a.symmetric_difference(b)]

    def compared(self, a: set[int], b: set[int]) -> list[bool]:
        return [a <= b, a < b, a >= b, a > b, a == b, a != b, a == FIXED, bool(a)]

    def asked(self, a: set[int], b: set[int], n: int) -> list[bool]:
        return [a.isdisjoint(b), a.issubset(b), a.issuperset([n]), n in a, n not in {1, n + 1}]

    def totals(self, a: set[int]) -> tuple[int, int, bool, int]:
        return (sum(a), max(a), any(a), len(a))

    def freeze(self, xs: list[int]) -> frozenset[int]:
        self.frozen |= frozenset(xs)
        return self.frozen & FIXED

    def distinct(self, text: str) -> list[str]:
        return sorted(set(text))

    def repeated(self, xs: list[int]) -> list[int]:
        seen: set[int] = set()
        twice: set[int] = set()
        for x in xs:
            if x in seen:
                twice.add(x)
            seen.add(x)
        return sorted(twice)
