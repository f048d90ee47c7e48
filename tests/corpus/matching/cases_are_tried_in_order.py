"""The first case that fits runs; a guard that is false goes on."""

from camshaft import Machine

INPUTS = [("go", n) for n in (0, 1, 2, 3, 4, -1, -2, 100)]


class Match(Machine):
    guards: int = 0

    def _ask(self, n: int) -> bool:
        self.guards += 1
        return n > 3

    def go(self, n: int) -> str:
        match n:
            case 0:
                return "zero"
            case 1 | 2:
                return "few"
            case x if self._ask(x):
                return f"many {x}"
            case -1:
                return "minus one"
            case _:
                return "other"
