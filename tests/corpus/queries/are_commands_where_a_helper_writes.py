"""A method that only calls a helper that writes is a command too: its write stays."""

from camshaft import Machine


class Hidden(Machine):
    n: int = 0

    def _count(self) -> int:
        self.n += 1
        return self.n

    def look(self) -> int:
        return self._count()

    def peek(self) -> int:
        return self.n
