"""A machine talks to its callers only."""

from camshaft import Machine


class Box(Machine):
    def go(self, n: int) -> int:
        print(n)  # error: CAM010
        return n
