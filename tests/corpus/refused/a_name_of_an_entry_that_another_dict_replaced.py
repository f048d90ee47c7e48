"""`d |= e` may put another value under a key: a name for the old one is not the place any more."""

from camshaft import Machine


class Rows(Machine):
    rows: dict[str, list[int]] = {}

    def merge(self, name: str, xs: list[int]) -> None:
        row = self.rows[name]
        self.rows |= {name: list(xs)}
        row.append(1)  # error: CAM012
