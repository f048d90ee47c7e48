"""In `f() - g() * h()` the calls happen in the order in which they are written."""

from camshaft import Machine


class Order(Machine):
    log: list[str] = []

    def _get(self, name: str, n: int) -> int:
        self.log.append(name)
        return n

    def go(self, a: int, b: int) -> int:
        return self._get("a", a) - self._get("b", b) * self._get("c", a + b)
