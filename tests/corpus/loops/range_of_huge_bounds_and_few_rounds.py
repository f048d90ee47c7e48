"""A `range` between huge numbers has as many rounds as lie between them."""

from camshaft import Machine

INTEGERS = [0, 2**70, -(2**70), 2**63, 1]


class Huge(Machine):
    def go(self, start: int) -> list[int]:
        return [i for i in range(start, start + 3)]

    def steps(self, start: int) -> list[int]:
        return [i for i in range(start, start + 2**66, 2**65)]
