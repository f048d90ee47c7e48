"""`a, b, c = c, a, b` reads all three before it writes one."""

from camshaft import Machine


class Rotation(Machine):
    a: int = 1
    b: int = 2
    c: int = 3

    def rotate(self) -> None:
        self.a, self.b, self.c = self.c, self.a, self.b

    def local(self, x: int, y: int) -> int:
        x, y = y, x
        x, y = y - x, x
        return x * 10 + y
