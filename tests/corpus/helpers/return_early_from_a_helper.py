"""`return` in a helper ends the helper only."""

from camshaft import Machine


class Early(Machine):
    log: list[str] = []

    def _check(self, n: int) -> str:
        for i in range(3):
            if i == n:
                self.log.append("early")
                return "in"
        self.log.append("late")
        return "out"

    def go(self, n: int) -> str:
        found = self._check(n)
        self.log.append("after")
        return found + self._check(-1)
