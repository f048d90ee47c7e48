"""`pop()` takes the last, `pop(i)` that of an index; an empty list traps with IndexError."""

from camshaft import Machine


class Pop(Machine):
    xs: list[int] = [1, 2, 3, 4]

    def last(self) -> int:
        return self.xs.pop() * 10 + len(self.xs)

    def at(self, i: int) -> int:
        return self.xs.pop(i)

    def put(self, n: int) -> None:
        self.xs.append(n)
