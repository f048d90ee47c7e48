"""`(1 | 2) as x` binds the number that matched."""

from camshaft import Machine


class Alternatives(Machine):
    def go(self, n: int) -> int:
        match n:
            case (1 | 2 | 3) as x:
                return x * 10
            case -1 | 0 as y:
                return y - 5
            case _:
                return n
