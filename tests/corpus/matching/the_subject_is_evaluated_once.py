"""The subject of a `match` is evaluated once, whatever the number of cases."""

from camshaft import Machine


class Once(Machine):
    n: int = 0

    def _next(self) -> int:
        self.n += 1
        return self.n % 4

    def go(self) -> str:
        match self._next():
            case 0:
                return "a"
            case 1:
                return "b"
            case 2:
                return "c"
        return "d"
