"""An inner comprehension with the same variable does not disturb the outer one."""

from camshaft import Machine


class Shadow(Machine):
    def go(self, xs: list[int]) -> list[int]:
        return [len([x for x in [x, x + 1] if x != 3]) + x for x in xs]
