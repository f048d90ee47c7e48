"""`del xs[-1]` removes the last element, and a bad index traps."""

from camshaft import Machine


class Stack(Machine):
    xs: list[int] = [1, 2, 3, 4]

    def drop(self, i: int) -> int:
        del self.xs[i]
        return len(self.xs)
