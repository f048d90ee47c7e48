"""`f() in g()` calls `f` first, whichever is found."""

from camshaft import Machine


class Member(Machine):
    table: dict[str, int] = {"a": 2}
    rows: dict[int, list[int]] = {0: [6, 12]}

    def go(self, k: str, i: int) -> bool:
        return self.table[k] in self.rows[i]

    def not_in(self, n: int, i: int) -> bool:
        return 12 // n not in self.rows[i]
