"""Loops after each other and within each other may use one name."""

from camshaft import Machine


class Twice(Machine):
    def go(self, xs: list[int]) -> list[int]:
        out: list[int] = []
        for x in xs:
            out.append(x)
        for x in xs:
            for y in range(2):
                out.append(x + y)
            for y in range(1):
                out.append(x - y)
        return out
