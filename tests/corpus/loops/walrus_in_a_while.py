"""`while (n := …) > 0:` binds anew before each round."""

from camshaft import Machine

INTEGERS = range(-1, 8)


class Walrus(Machine):
    n: int = 0

    def go(self, start: int) -> list[int]:
        self.n = start
        out: list[int] = []
        while (left := self.n - 1) > 0:
            out.append(left)
            self.n = left
        out.append(left)
        return out
