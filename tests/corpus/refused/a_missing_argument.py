"""A helper gets all that it needs."""

from camshaft import Machine


class Box(Machine):
    def _add(self, a: int, b: int) -> int:
        return a + b

    def go(self) -> int:
        return self._add(1)  # error: CAM018
