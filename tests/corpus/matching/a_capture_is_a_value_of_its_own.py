"""A name bound by a pattern keeps what it was bound to when the subject changes."""

from camshaft import Machine

INPUTS = [("go", -1), ("go", 5), ("go", 2), ("go", -7), ("go", 3)]


class Capture(Machine):
    n: int = 1

    def go(self, k: int) -> int:
        match self.n:
            case 0:
                self.n = k
                return 0
            case n:
                self.n = n + k
                return n
