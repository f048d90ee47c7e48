"""`assert x is not None` narrows, and traps for None."""

from camshaft import Machine


class Assert(Machine):
    x: int | None = None

    def put(self, x: int | None) -> int:
        self.x = x
        assert x is not None
        return x + 1
