"""`xs += f()` appends what the call gives, after what the call itself appended."""

from camshaft import Machine


class Extend(Machine):
    xs: list[int] = [1]

    def _more(self, n: int) -> list[int]:
        self.xs.append(n)
        return [n + 1, n + 2]

    def go(self, n: int) -> int:
        more = self._more(n)
        self.xs += more
        return len(self.xs)
