"""`d[k] = v` of a key that is there changes its value and not its position."""

from camshaft import Machine


class Keys(Machine):
    table: dict[int, str] = {3: "c", 1: "a", 2: "b"}

    def put(self, k: int, text: str) -> list[int]:
        self.table[k] = text
        return list(self.table)
