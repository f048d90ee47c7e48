"""`d[k] += 1` with a missing key traps, and the key is not there afterwards."""

from camshaft import Machine


class Stock(Machine):
    stock: dict[str, int] = {"a": 1}

    def add(self, key: str, n: int) -> int:
        self.stock[key] += n
        return len(self.stock)
