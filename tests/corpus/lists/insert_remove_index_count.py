"""`insert` cuts its index, `remove` and `index` trap with ValueError where nothing is equal."""

from camshaft import Machine


class Methods(Machine):
    xs: list[int] = [1, 2, 3, 2]

    def insert(self, i: int, n: int) -> int:
        self.xs.insert(i, n)
        return len(self.xs)

    def remove(self, n: int) -> list[int]:
        self.xs.remove(n)
        return self.xs

    def find(self, n: int) -> int:
        return self.xs.index(n) * 100 + self.xs.count(n)
