"""Names with digits, umlauts, and of Python's soft keywords."""

from camshaft import Machine


class Names(Machine):
    größe: int = 0
    match: int = 1
    type: str = "t"

    def add(self, case: int, _x: int = 2) -> str:
        self.größe += case
        self.match += _x
        type = self.type + str(self.match)
        return f"{type}{self.größe}"
