"""`break` leaves the innermost loop of either kind."""

from camshaft import Machine

INTEGERS = range(0, 7)


class Nested(Machine):
    def go(self, n: int) -> list[int]:
        out: list[int] = []
        i = 0
        while i < n:
            for j in range(5):
                if j == i:
                    break
                out.append(i * 10 + j)
            else:
                out.append(-i)
            i += 1
        return out
