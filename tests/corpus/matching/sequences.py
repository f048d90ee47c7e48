"""Sequence patterns match lists by length and element, with the rest."""

from camshaft import Machine

INPUTS = [("go", xs) for xs in ([], [1], [2], [0, 5], [3, 4], [9, 1, 1], [5, 2, 3, 9], [5, 2])]


class Sequences(Machine):
    def go(self, xs: list[int]) -> int:
        match xs:
            case []:
                return 0
            case [1]:
                return 1
            case [x]:
                return x * 10
            case [0, y]:
                return y
            case [x, y] if x < y:
                return y - x
            case [first, *_, 9]:
                return first
            case [first, *rest]:
                return first + len(rest) * 100
        return -1  # never runs
