"""Two fields exchange their lists, which stay two lists."""

from camshaft import Machine


class Swap(Machine):
    a: list[int] = [1]
    b: list[int] = [2, 3]

    def swap(self, n: int) -> None:
        kept = list(self.a)
        self.a = list(self.b)
        self.b = kept
        self.a.append(n)
