"""`(x,)` has one element and `()` none."""

from camshaft import Machine


class Short(Machine):
    one: tuple[int] = (1,)

    def go(self, n: int) -> int:
        self.one = (n,)
        (x,) = self.one
        return x + len(self.one) * 10
