"""Members added and removed in a step that fails are as before."""

from camshaft import Machine


class Undo(Machine):
    kept: set[int] = {1, 2}
    table: dict[str, set[int]] = {"a": {5}}

    def go(self, n: int) -> int:
        self.kept.add(n)
        self.kept.remove(1)
        self.table["a"].add(n)
        self.table["b"] = {n}
        self.kept.add(1)
        return 12 // n
