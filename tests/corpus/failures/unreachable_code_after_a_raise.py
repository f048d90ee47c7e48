"""Code after a `raise` is never run, whatever it says."""

from camshaft import Machine, Refusal


class Stop(Refusal):
    n: int


class After(Machine):
    n: int = 0

    def go(self, n: int) -> int:
        if n > 2:
            self.n += 1
            raise Stop(n)
            self.n = 1 // 0  # type: ignore[unreachable]  # never runs
        return self.n
