"""`self` is the machine: no loop, pattern, lambda or comprehension gives it another meaning."""

from camshaft import Machine


class Box(Machine):
    n: int = 0

    def loop(self, xs: list[int]) -> int:
        for self in xs:  # error: CAM010
            pass
        return 1

    def pattern(self, p: int) -> int:
        match p:
            case self:  # error: CAM010
                return 1

    def comprehension(self, xs: list[int]) -> list[int]:
        return [self for self in xs]  # error: CAM010

    def key(self, xs: list[int]) -> int:
        return max(xs, key=lambda self: self)  # error: CAM010

    def assigned(self, p: int) -> int:
        self = p  # error: CAM010
        return 1
