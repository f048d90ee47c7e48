"""A loop over nothing writes nothing and keeps its variables."""

from camshaft import Machine


class Nothing(Machine):
    xs: list[int] = []
    d: dict[str, int] = {}

    def go(self) -> int:
        total = 5
        for x in self.xs:
            total += x  # never runs
        for k, v in self.d.items():
            total += v + len(k)  # never runs
        for i in range(0):
            total += i  # never runs
        return total
