"""`d |= e` puts other values under the keys that both have: a name for the old one would still show that."""

from camshaft import Machine


class Rows(Machine):
    rows: dict[str, list[int]] = {}

    def merge(self, name: str, xs: list[int]) -> int:
        row = self.rows.setdefault(name, [])
        before = len(row)
        self.rows |= {name: list(xs)}
        row = self.rows[name]
        row.append(before)
        return len(row)
