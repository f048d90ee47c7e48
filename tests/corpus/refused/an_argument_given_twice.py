"""By position and by name."""

from camshaft import Machine


class Box(Machine):
    def _add(self, a: int, b: int) -> int:
        return a + b

    def go(self) -> int:
        return self._add(1, 2, a=3)  # error: CAM018
