"""A field changed within a loop is read anew in each round."""

from camshaft import Machine

INTEGERS = range(-3, 9)


class Steps(Machine):
    n: int = 1

    def collatz(self, start: int) -> list[int]:
        self.n = start
        seen: list[int] = []
        for _ in range(8):
            seen.append(self.n)
            if self.n == 1:
                break
            self.n = self.n // 2 if self.n % 2 == 0 else 3 * self.n + 1
        return seen
