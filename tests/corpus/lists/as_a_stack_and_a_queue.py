"""Elements are taken from either end."""

from camshaft import Machine, Refusal


class Empty(Refusal):
    pass


class Deque(Machine):
    xs: list[int] = [1, 2]

    def push(self, n: int) -> None:
        self.xs.append(n)

    def take_last(self) -> int:
        if not self.xs:
            raise Empty
        found = self.xs[-1]
        del self.xs[-1]
        return found

    def take_first(self, n: int) -> int:
        assert self.xs, "nothing left"
        found = self.xs[0]
        del self.xs[0]
        return found + n
