"""The circle is told as a whole."""

from camshaft import Machine


class Box(Machine):
    def even(self, n: int) -> bool:
        return n == 0 or self._odd(n - 1)  # error: CAM019

    def _odd(self, n: int) -> bool:
        return n != 0 and self.even(n - 1)
