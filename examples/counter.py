"""A counter: the smallest machine there is."""

from camshaft import Machine


class Counter(Machine):
    count: int = 0

    def incr(self) -> None:
        self.count += 1

    def value(self) -> int:
        return self.count
