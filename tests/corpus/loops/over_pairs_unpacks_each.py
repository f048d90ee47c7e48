"""`for k, (a, b) in …` unpacks nested pairs."""

from camshaft import Machine


class Pairs(Machine):
    table: dict[str, tuple[int, int]] = {"x": (1, 2)}

    def go(self, k: str, a: int, b: int) -> list[int]:
        self.table[k] = (a, b)
        return [len(key) + x * y for key, (x, y) in self.table.items()]

    def loop(self, pairs: list[tuple[int, tuple[str, int]]]) -> str:
        text = ""
        for n, (s, m) in pairs:
            text += s + str(n - m)
        return text
