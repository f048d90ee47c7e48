"""`"" in s` is true, also for an empty `s`."""

from camshaft import Machine


class Empty(Machine):
    def go(self, s: str) -> bool:
        return "" in s and s in s and s + "x" not in s
