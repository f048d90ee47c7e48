"""`sorted` leaves its argument alone, `sort` changes it in place."""

from camshaft import Machine


class Sort(Machine):
    xs: list[int] = [3, 1, 2]

    def add(self, n: int) -> list[int]:
        self.xs.append(n)
        return sorted(self.xs)

    def sort(self, down: bool) -> int:
        self.xs.sort(reverse=down)
        return self.xs[0]

    def by_key(self) -> int:
        self.xs.sort(key=lambda x: -x % 3)
        return self.xs[-1]
