"""Only refusals are raised: they are what callers know."""

from camshaft import Machine


class Box(Machine):
    def go(self, n: int) -> int:
        if n < 0:
            raise ValueError("negative")  # error: CAM028
        return n
