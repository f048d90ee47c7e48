"""A thousand rounds use the same fuel in both executions."""

from camshaft import Machine

INPUTS = [("go", n) for n in (0, 1, 999, 1000)]


class Long(Machine):
    total: int = 0

    def go(self, n: int) -> int:
        for i in range(n):
            if i % 3 == 0:
                continue
            self.total += i
        return self.total
