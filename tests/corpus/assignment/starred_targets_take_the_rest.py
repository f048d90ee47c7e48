"""`first, *rest = xs`: too few elements trap with ValueError."""

from camshaft import Machine


class Starred(Machine):
    xs: list[int] = [1, 2, 3]

    def head(self, xs: list[int]) -> int:
        first, *rest = xs
        return first * 100 + len(rest)

    def ends(self, xs: list[int]) -> list[int]:
        first, *middle, last = xs
        middle.append(last - first)
        return middle
