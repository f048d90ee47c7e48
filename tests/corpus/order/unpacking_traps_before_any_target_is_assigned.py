"""`a, self.n = xs` with a list of the wrong length assigns nothing."""

from camshaft import Machine


class Unpack(Machine):
    n: int = 5
    m: int = 6

    def go(self, xs: list[int]) -> int:
        self.n, self.m = xs
        return self.n - self.m

    def swap(self) -> int:
        self.n, self.m = self.m, self.n
        return self.n
