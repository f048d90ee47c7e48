"""`[]` takes its type from where it goes: a field, a variable, an argument, a result."""

from camshaft import Machine


class Empty(Machine):
    xs: list[int] = [1]
    table: dict[str, list[str]] = {}

    def _length(self, xs: list[str]) -> int:
        return len(xs)

    def reset(self, k: str) -> int:
        self.xs = []
        self.table[k] = []
        ys: list[int] = []
        ys.append(2)
        return self._length([]) + len(ys)

    def none(self) -> list[int]:
        return []
