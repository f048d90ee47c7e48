"""Lists are ordered by their first difference, then by length."""

from camshaft import Machine


class Order(Machine):
    def less(self, a: list[int], b: list[int]) -> bool:
        return a < b

    def same(self, a: list[int], b: list[int]) -> bool:
        return a == b or a >= b
