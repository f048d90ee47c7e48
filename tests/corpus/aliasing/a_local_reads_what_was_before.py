"""A scalar read into a local stays what it was when the field changes."""

from camshaft import Machine


class Before(Machine):
    n: int = 1

    def add(self, k: int) -> int:
        before = self.n
        self.n += k
        return before
