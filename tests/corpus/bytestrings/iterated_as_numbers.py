"""`for n in b` gives integers."""

from camshaft import Machine


class Iterated(Machine):
    def total(self, b: bytes) -> int:
        total = 0
        for n in b:
            total = total * 3 + n
        return total

    def listed(self, b: bytes) -> list[int]:
        return [n ^ 1 for n in b] + list(b)
