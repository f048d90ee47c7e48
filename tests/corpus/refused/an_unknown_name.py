"""Nothing is called so; something is called nearly so."""

from camshaft import Machine


class Box(Machine):
    def go(self, number: int) -> int:
        return numbr  # error: CAM011
