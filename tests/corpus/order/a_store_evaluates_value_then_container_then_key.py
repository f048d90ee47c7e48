"""`d[k] = v` evaluates `v`, then the key: a trap in the value wins."""

from camshaft import Machine


class Order(Machine):
    table: dict[int, int] = {0: 1}
    keys: dict[str, int] = {"a": 0}

    def put(self, k: str, n: int) -> int:
        self.table[self.keys[k]] = 12 // n
        return self.table[0]
