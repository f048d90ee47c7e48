"""`return` from three loops deep, with what the loops have counted."""

from camshaft import Machine


class Deep(Machine):
    def go(self, n: int) -> tuple[int, int, int]:
        rounds = 0
        for a in range(4):
            for b in range(4):
                for c in range(4):
                    rounds += 1
                    if a * 16 + b * 4 + c == n:
                        return a, b, c
        return -1, rounds, n
