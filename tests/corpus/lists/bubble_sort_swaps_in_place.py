"""Elements of a field are swapped in nested loops."""

from camshaft import Machine

INPUTS = [("sort",), ("put", [5, -1, 3, 3, 0]), ("sort",), ("put", []), ("sort",), ("put", [2]), ("sort",)]


class Bubble(Machine):
    xs: list[int] = [3, 1, 2]

    def sort(self) -> int:
        swaps = 0
        for i in range(len(self.xs)):
            for j in range(len(self.xs) - 1 - i):
                if self.xs[j] > self.xs[j + 1]:
                    self.xs[j], self.xs[j + 1] = self.xs[j + 1], self.xs[j]
                    swaps += 1
        return swaps

    def put(self, xs: list[int]) -> None:
        self.xs = list(xs)
