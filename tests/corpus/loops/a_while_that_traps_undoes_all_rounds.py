"""A trap in a later round takes back what the earlier rounds wrote."""

from camshaft import Machine

INTEGERS = range(-1, 6)


class Undo(Machine):
    log: list[int] = []
    xs: list[int] = [4, 2, 0, 1]

    def go(self, start: int) -> int:
        i = start
        total = 0
        while True:
            self.log.append(i)
            total += 12 // self.xs[i]
            i += 1
            if total > 20:
                return total
