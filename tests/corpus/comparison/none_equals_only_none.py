"""`x == None` and `x is None` of an optional."""

from camshaft import Machine


class Maybe(Machine):
    x: int | None = None

    def put(self, x: int | None) -> list[bool]:
        before = self.x
        self.x = x
        return [before is None, before == x, x is not None, before != self.x]
