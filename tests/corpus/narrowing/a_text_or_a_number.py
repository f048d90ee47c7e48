"""A union of `int` and `str` is told apart by `isinstance` and `match`."""

from camshaft import Machine


class Either(Machine):
    kept: list[int | str] = []

    def put(self, x: int | str) -> int:
        self.kept.append(x)
        if isinstance(x, str):
            return len(x)
        return x * 2

    def count(self) -> int:
        total = 0
        for x in self.kept:
            match x:
                case int():
                    total += x
                case str():
                    total += 1000
        return total
