"""`0.1 + 0.2` is what it is in Python; sums depend on their order."""

from camshaft import Machine


class Steps(Machine):
    total: float = 0.0

    def add(self, n: int) -> bool:
        before = self.total
        for _ in range(3):
            self.total += 0.1
        self.total -= n * 0.3
        return self.total == before + 0.3
