"""The fields of a refusal are evaluated as written; a trap in them wins over the refusal."""

from camshaft import Machine, Refusal


class Bad(Refusal):
    first: int
    second: int = 7


class Fields(Machine):
    n: int = 0

    def _next(self) -> int:
        self.n += 1
        return self.n

    def go(self, a: int) -> None:
        if a == 0:
            raise Bad(self._next())
        if a > 0:
            raise Bad(second=self._next(), first=self._next())
        raise Bad(1 // (a + 1), 2)
