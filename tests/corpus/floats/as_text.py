"""`str` of a float is the shortest text that reads back as it."""

from camshaft import Machine


class Text(Machine):
    def go(self, x: float) -> str:
        return f"{x} {x * 10}" + str(x + 0.1)
