"""Functions call each other, with loops, early returns and defaults of their own."""

from camshaft import Machine


def is_prime(n: int) -> bool:
    if n < 2:
        return False
    d = 2
    while d * d <= n:
        if n % d == 0:
            return False
        d += 1
    return True


def primes(most: int, start: int = 2) -> list[int]:
    return [n for n in range(start, most) if is_prime(n)]


INTEGERS = range(-1, 40)


class Primes(Machine):
    last: int = 2

    def below(self, n: int) -> list[int]:
        return primes(n)

    def next(self, n: int) -> int:
        self.last = n
        while not is_prime(self.last):
            self.last += 1
        return self.last
