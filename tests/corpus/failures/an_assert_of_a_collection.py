"""`assert xs` traps for an empty list."""

from camshaft import Machine


class Asserts(Machine):
    log: list[str] = []

    def go(self, xs: list[int], s: str) -> int:
        self.log.append(s)
        assert xs, "no numbers"
        assert s
        assert len(xs) < 4 and xs[0] >= 0, f"{xs[0]}"
        return xs[0]
