"""`any` and `all` of lists of booleans and of other values, of nothing."""

from camshaft import Machine


class Lists(Machine):
    def go(self, xs: list[int], bs: list[bool]) -> list[bool]:
        return [any(bs), all(bs), any([x > 2 for x in xs]), all([x > 0 for x in xs])]
