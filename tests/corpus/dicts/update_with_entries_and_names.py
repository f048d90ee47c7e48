"""`d.update(other, b=3)`: all of it is evaluated before the first entry is put in."""

from camshaft import Machine


class Update(Machine):
    d: dict[str, int] = {"a": 1, "b": 2}
    lists: dict[str, list[int]] = {}
    n: int = 0

    def _next(self) -> int:
        self.n += 1
        return self.n

    def both(self, other: dict[str, int]) -> list[str]:
        self.d.update(other, b=len(self.d), c=self.n)
        return list(self.d)

    def in_order(self, pairs: list[tuple[str, int]], k: str) -> None:
        self.d.update(pairs, a=self.d[k] + 1, z=10 // self._next())

    def of_lists(self, xs: list[int]) -> None:
        self.lists.update({"x": list(xs)}, y=[], z=[self._next()])
        self.lists["y"].append(1)
