"""`xs[i] = f()` evaluates the right side before it looks for `i`: a division by zero wins over a bad index."""

from camshaft import Machine


class Slots(Machine):
    slots: list[int] = [10, 20, 30]

    def put(self, i: int, n: int) -> None:
        self.slots[i] = 60 // n
