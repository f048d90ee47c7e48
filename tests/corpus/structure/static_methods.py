"""A static method is a function within the class."""

from camshaft import Machine


class Static(Machine):
    n: int = 0

    @staticmethod
    def _doubled(k: int) -> int:
        return k * 2

    def go(self, k: int) -> int:
        self.n += self._doubled(k)
        return self.n
