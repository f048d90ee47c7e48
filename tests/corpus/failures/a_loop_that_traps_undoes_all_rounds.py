"""A trap in the last round takes back what the earlier rounds wrote."""

from camshaft import Machine


class Rounds(Machine):
    log: list[int] = []
    table: dict[int, int] = {}

    def go(self, xs: list[int]) -> int:
        total = 0
        for x in xs:
            self.log.append(x)
            self.table[x] = 100 // x
            total += self.table[x]
        return total
