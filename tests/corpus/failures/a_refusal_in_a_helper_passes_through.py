"""A helper's refusal is its caller's too, and undoes both."""

from camshaft import Machine, Refusal


class TooMany(Refusal):
    count: int


class Limit(Machine):
    count: int = 0

    def _check(self, most: int) -> None:
        if self.count > most:
            raise TooMany(self.count)

    def add(self, n: int, most: int) -> int:
        self.count += n
        self._check(most)
        self._check(most + 1)
        return self.count
