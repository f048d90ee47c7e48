"""The results of comparisons are stored, compared and negated."""

from camshaft import Machine


class Values(Machine):
    was: bool = False

    def go(self, a: int, b: int) -> bool:
        now = a < b
        changed = now != self.was
        self.was = now
        return changed == (not now)
