"""`for i in range(len(xs))` has as many rounds as the list was long before."""

from camshaft import Machine


class Length(Machine):
    xs: list[int] = [1, 2]

    def go(self, n: int) -> int:
        rounds = 0
        for i in range(len(self.xs)):
            self.xs.append(self.xs[i] + n)
            rounds += 1
        del self.xs[5:]
        return rounds
