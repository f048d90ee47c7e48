"""`xs += xs` doubles the list once."""

from camshaft import Machine


class Double(Machine):
    xs: list[int] = [1, 2]

    def go(self) -> int:
        self.xs += self.xs
        return len(self.xs)
