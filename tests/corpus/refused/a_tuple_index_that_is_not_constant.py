"""The type of an element depends on it."""

from camshaft import Machine


class Box(Machine):
    pair: tuple[int, str] = (1, "a")

    def go(self, i: int) -> int:
        return self.pair[i]  # error: CAM024
