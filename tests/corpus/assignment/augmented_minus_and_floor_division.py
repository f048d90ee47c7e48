"""Each augmented operator takes its target on the left."""

from camshaft import Machine


class Ops(Machine):
    n: int = 100

    def minus(self, k: int) -> int:
        self.n -= k
        return self.n

    def times(self, k: int) -> int:
        self.n = 7
        self.n *= k
        return self.n

    def divide(self, k: int) -> int:
        self.n //= k
        return self.n

    def modulo(self, k: int) -> int:
        self.n %= k
        return self.n
