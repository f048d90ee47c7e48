"""Elements of a tuple of unlike types are read by constant indexes, also negative."""

from camshaft import Machine


class Pair(Machine):
    pair: tuple[int, str, bool] = (1, "x", True)

    def go(self, n: int) -> str:
        self.pair = (self.pair[0] + n, self.pair[-2] + "!", not self.pair[2])
        return f"{self.pair[0]}{self.pair[1]}{self.pair[-1]}"
