"""`{x for x in xs}` and `{a, b}` drop what is equal."""

from camshaft import Machine


class Displays(Machine):
    def go(self, xs: list[int], a: int) -> list[int]:
        found = {x % 3 for x in xs}
        two = {a, 1}
        return sorted(found) + [len(two)] + sorted(set(xs))
