"""Entries of a local list and dict go away without a trace in the state."""

from camshaft import Machine


class Local(Machine):
    def go(self, i: int) -> int:
        xs = [5, 6, 7]
        d = {1: "a", 2: "b"}
        del xs[i]
        del d[i]
        return len(xs) * 10 + len(d) + xs[0]
