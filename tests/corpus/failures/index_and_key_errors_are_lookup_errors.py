"""Each kind of lookup traps with its own class."""

from camshaft import Machine


class Lookups(Machine):
    xs: list[int] = [1, 2]
    table: dict[int, int] = {1: 1}
    words: str = "ab"
    pair: tuple[int, ...] = (1, 2)

    def each(self, k: int) -> int:
        return self.table[k] + self.xs[k]

    def text(self, k: int) -> str:
        return self.words[k]

    def many(self, k: int) -> int:
        return self.pair[k]
