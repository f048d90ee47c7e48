"""`while True` ends by `break` or `return`."""

from camshaft import Machine

INTEGERS = range(0, 40)


class Forever(Machine):
    n: int = 27

    def collatz(self, start: int) -> int:
        x = start
        steps = 0
        while True:
            if x < 2:
                return steps
            x = x // 2 if x % 2 == 0 else 3 * x + 1
            steps += 1

    def double(self, limit: int) -> int:
        x = 1
        while True:
            if x > limit:
                break
            x += x
        self.n = x
        return x
