"""Tuples do not change."""

from camshaft import Machine


class Box(Machine):
    pair: tuple[int, int] = (1, 2)

    def go(self) -> None:
        self.pair[0] = 3  # error: CAM024
