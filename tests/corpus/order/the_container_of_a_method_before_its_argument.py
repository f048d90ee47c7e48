"""`self.table[k].append(f())` looks `k` up before it evaluates the argument."""

from camshaft import Machine


class Append(Machine):
    table: dict[str, list[int]] = {"a": []}

    def go(self, k: str, n: int) -> int:
        self.table[k].append(12 // n)
        return len(self.table[k])
