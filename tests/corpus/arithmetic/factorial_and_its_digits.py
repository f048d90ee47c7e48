"""Large products are exact to the last digit."""

from camshaft import Machine

INTEGERS = range(0, 120, 7)


class Factorial(Machine):
    def of(self, n: int) -> int:
        found = 1
        for i in range(2, n + 1):
            found *= i
        return found

    def digits(self, n: int) -> int:
        return len(str(self.of(n)))
