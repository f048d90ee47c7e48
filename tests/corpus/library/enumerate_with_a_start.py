"""`enumerate` counts from 0 or a start."""

from camshaft import Machine


class Enumerate(Machine):
    def go(self, xs: list[str]) -> list[str]:
        return [f"{i}{x}" for i, x in enumerate(xs)]

    def start(self, xs: list[str], n: int) -> int:
        total = 0
        for i, x in enumerate(xs, n):
            total += i * len(x)
        for i, x in enumerate(xs, start=1):
            total -= i
        return total
