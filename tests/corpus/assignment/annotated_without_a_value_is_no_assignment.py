"""`x: int` alone gives `x` no value; both branches must."""

from camshaft import Machine


class Sign(Machine):
    def of(self, n: int) -> str:
        found: str
        if n < 0:
            found = "minus"
        elif n == 0:
            found = "zero"
        else:
            found = "plus"
        return found
