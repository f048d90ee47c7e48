"""`xs[i] += f()` reads `xs[i]` first: a bad index traps although the right side would divide by zero."""

from camshaft import Machine


class Slots(Machine):
    slots: list[int] = [10, 20, 30]

    def add(self, i: int, n: int) -> None:
        self.slots[i] += 60 // n
