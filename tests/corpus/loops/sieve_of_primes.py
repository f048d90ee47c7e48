"""A list of booleans is crossed out in steps of a range."""

from camshaft import Machine

INTEGERS = range(2, 60, 5)


class Sieve(Machine):
    def primes(self, n: int) -> list[int]:
        is_prime = [True] * (n + 1)
        for p in range(2, n + 1):
            if not is_prime[p]:
                continue
            for multiple in range(p * p, n + 1, p):
                is_prime[multiple] = False
        return [p for p in range(2, n + 1) if is_prime[p]]
