"""`tuple(xs)` makes a tuple of a list's elements, which no longer follows the list."""

from camshaft import Machine


class FromLists(Machine):
    xs: list[int] = [1, 2]
    kept: tuple[int, ...] = ()

    def go(self, n: int) -> int:
        self.kept = tuple(self.xs)
        self.xs.append(n)
        return len(self.kept)

    def back(self, t: tuple[int, ...]) -> list[int]:
        ys = list(t)
        ys.append(len(t))
        return ys
