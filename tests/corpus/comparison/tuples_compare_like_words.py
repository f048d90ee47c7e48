"""Tuples are ordered by their first difference."""

from camshaft import Machine


class Order(Machine):
    def all(self, a: tuple[int, str], b: tuple[int, str]) -> tuple[bool, bool, bool, bool]:
        return a < b, a <= b, a == b, a > b
