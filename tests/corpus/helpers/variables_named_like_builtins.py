"""A variable may be named `list`, `sum` or `len`: it is what it was assigned."""

from camshaft import Machine


class Names(Machine):
    def go(self, list: int, sum: int) -> int:
        len = list * 2
        max = len - sum
        return max + len
