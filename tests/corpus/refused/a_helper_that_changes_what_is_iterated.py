"""The change may be far away."""

from camshaft import Machine


class Box(Machine):
    xs: list[int] = [1]

    def _drop(self) -> None:
        del self.xs[0]

    def go(self) -> int:
        total = 0
        for x in self.xs:
            self._drop()  # error: CAM022
            total += x
        return total
