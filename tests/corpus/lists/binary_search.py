"""Indexes computed by halves, with a `while`."""

from camshaft import Machine


class Search(Machine):
    xs: list[int] = [1, 3, 5, 7, 9]

    def find(self, n: int) -> int:
        low = 0
        high = len(self.xs)
        while low < high:
            middle = (low + high) // 2
            if self.xs[middle] < n:
                low = middle + 1
            else:
                high = middle
        return low
