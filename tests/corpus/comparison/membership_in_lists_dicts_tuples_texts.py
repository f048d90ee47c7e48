"""`in` and `not in` for each kind of collection."""

from camshaft import Machine


class Members(Machine):
    numbers: list[int] = [1, 2, 3]
    table: dict[int, str] = {1: "one", 5: "five"}
    pair: tuple[int, int] = (2, 7)

    def where(self, n: int) -> list[bool]:
        return [n in self.numbers, n in self.table, n in self.pair, n not in self.numbers, n not in self.table]

    def text(self, part: str, whole: str) -> bool:
        return part in whole
