"""Defaults of helpers and of public methods; keywords in any order."""

from camshaft import Machine


class Defaults(Machine):
    def _mix(self, a: int, b: int = 10, *, c: int = 100) -> int:
        return a + b * 2 + c * 3

    def go(self, a: int, b: int = 7) -> int:
        return self._mix(a) - self._mix(a, b) + self._mix(c=a, a=b) - self._mix(b=a, a=b, c=0)
