"""`continue` in a `while` goes to the test, not to the body."""

from camshaft import Machine

INTEGERS = range(-2, 12)


class Skip(Machine):
    def odd_sum(self, n: int) -> int:
        total = 0
        i = 0
        while i < n:
            i += 1
            if i % 2 == 0:
                continue
            total += i
        return total
