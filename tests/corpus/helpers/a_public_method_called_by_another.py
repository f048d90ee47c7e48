"""A public method may be called like a helper."""

from camshaft import Machine


class Calls(Machine):
    n: int = 0

    def add(self, k: int) -> int:
        self.n += k
        return self.n

    def twice(self, k: int) -> int:
        return self.add(k) + self.add(k + 1)
