"""The message of an `assert` may itself trap, but only where the assert fails."""

from camshaft import Machine


class Message(Machine):
    n: int = 0

    def go(self, a: int, b: int) -> int:
        assert a > 0, f"{10 // b}"
        self.n += a
        return self.n
