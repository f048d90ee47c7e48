"""A list built in a local is stored once and is the field's from then on."""

from camshaft import Machine

INTEGERS = range(-1, 5)


class Move(Machine):
    kept: list[int] = []

    def build(self, n: int) -> int:
        xs: list[int] = []
        for i in range(n):
            xs.append(i * i)
        self.kept = xs
        self.kept.append(-1)
        return len(self.kept)
