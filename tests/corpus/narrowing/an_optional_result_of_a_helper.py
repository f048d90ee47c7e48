"""A helper's optional result is narrowed under the name that it got."""

from camshaft import Machine


class Find(Machine):
    xs: list[int] = [3, 5, 8]

    def _first_above(self, n: int) -> int | None:
        for x in self.xs:
            if x > n:
                return x
        return None

    def go(self, n: int) -> int:
        found = self._first_above(n)
        if found is None:
            self.xs.append(n % 20)
            return -1
        return found * 2
