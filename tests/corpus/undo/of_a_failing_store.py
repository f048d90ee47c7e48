"""The value was computed and the key is bad: what computing the value wrote is taken back."""

from camshaft import Machine


class Store(Machine):
    xs: list[int] = [1, 2, 3]
    calls: int = 0

    def _make(self, n: int) -> int:
        self.calls += 1
        self.xs.append(n)
        return n * 2

    def put(self, i: int, n: int) -> int:
        value = self._make(n)
        self.xs[i] = value
        return self.calls
