"""`while` tests its condition before each round, with its effects."""

from camshaft import Machine

INTEGERS = range(-2, 8)


class While(Machine):
    n: int = 0

    def _more(self, most: int) -> bool:
        self.n += 1
        return self.n % 7 < most

    def go(self, most: int) -> int:
        rounds = 0
        while self._more(min(most, 5)):
            rounds += 1
        return rounds
