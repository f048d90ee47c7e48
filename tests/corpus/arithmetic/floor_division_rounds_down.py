"""`//` rounds toward minus infinity, for each pair of signs."""

from camshaft import Machine


class Divide(Machine):
    def by(self, a: int, b: int) -> int:
        return a // b
