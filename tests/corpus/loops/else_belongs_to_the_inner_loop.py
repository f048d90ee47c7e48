"""`break` of the inner loop skips its own `else` only."""

from camshaft import Machine


class Nested(Machine):
    def go(self, rows: list[list[int]]) -> int:
        total = 0
        for row in rows:
            for x in row:
                if x < 0:
                    break
                total += x
            else:
                total += 100
                continue
            total += 1000
        else:
            total += 10000
        return total
