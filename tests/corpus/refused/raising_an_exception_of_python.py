"""Only refusals are raised, and what operations raise: they are what callers know."""

from camshaft import Machine


class Box(Machine):
    def go(self, n: int) -> int:
        if n < 0:
            raise RuntimeError("negative")  # error: CAM028
        return n
