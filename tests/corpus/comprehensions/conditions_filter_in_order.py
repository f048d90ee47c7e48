"""Several `if` are tried in order: the second guards nothing that the first lets through."""

from camshaft import Machine


class Filter(Machine):
    def go(self, xs: list[int]) -> list[int]:
        return [12 // x for x in xs if x != 0 if 12 % x == 0]

    def trapping(self, xs: list[int], n: int) -> list[int]:
        return [x for x in xs if x // n > 0]
