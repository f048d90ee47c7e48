"""`zfill`, `ljust`, `rjust`, `center`."""

from camshaft import Machine

INTEGERS = range(-2, 9)


class Padding(Machine):
    def go(self, s: str, n: int) -> list[str]:
        return [s.zfill(n), s.ljust(n), s.rjust(n, "*"), s.center(n, "-")]
