"""A division by zero after two writes leaves neither."""

from camshaft import Machine


class Average(Machine):
    total: int = 0
    log: list[int] = []

    def add(self, n: int, count: int) -> int:
        self.total += n
        self.log.append(n)
        return self.total // count
