"""What a helper traps on takes back what its caller wrote before."""

from camshaft import Machine


class Nested(Machine):
    log: list[int] = []
    table: dict[int, int] = {1: 10}

    def _look(self, k: int) -> int:
        self.log.append(k)
        return self.table[k]

    def go(self, k: int) -> int:
        self.log.append(0)
        self.table[k + 1] = 5
        found = self._look(k)
        self.log.append(found)
        return found
