"""Each wrong line gets its own diagnostic, in the order of the file."""

from camshaft import Machine


class Box(Machine):
    n: int = "zero"  # error: CAM026

    def one(self) -> int:
        return nothing  # error: CAM011

    def two(self, n: int) -> str:
        self.m = n  # error: CAM017
        return n  # error: CAM014
