"""Closures would be values that see variables change."""

from camshaft import Machine


class Box(Machine):
    def go(self, n: int) -> int:
        def inner(x: int) -> int:  # error: CAM010
            return x + n

        return n
