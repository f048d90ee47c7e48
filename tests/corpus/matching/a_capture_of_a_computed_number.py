"""A name that a pattern binds to a sum goes wherever an `int` goes: into lists, fields, arguments."""

from camshaft import Machine


class Computed(Machine):
    n: int = 0

    def difference(self, a: int, b: int, xs: list[int]) -> list[list[int]]:
        match a - b:
            case n if n < 0:
                return [[x, n] for x in xs]
            case n:
                self.n = n
                return [[n, self.n]]

    def constant(self, k: str) -> dict[str, int]:
        match ~0:
            case n if n < self.n - 3:
                return {key: n for key in [k, "x"]}
            case n:
                return {k: n}
