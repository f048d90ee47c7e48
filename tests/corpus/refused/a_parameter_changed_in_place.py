"""The caller would see it in Python, and not through a node."""

from camshaft import Machine


class Box(Machine):
    def go(self, xs: list[int]) -> int:
        xs.append(1)  # error: CAM021
        return len(xs)
