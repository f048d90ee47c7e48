"""`*` and `**` in displays copy what they unpack where it stands: what is evaluated later does not show."""

from camshaft import Machine


class Unpack(Machine):
    xs: list[int] = [1, 2]
    table: dict[str, int] = {"a": 1, "b": 2}

    def _grown(self) -> int:
        self.xs.append(len(self.xs))
        self.table["c"] = len(self.xs)
        return len(self.xs)

    def around(self, ys: list[int]) -> list[int]:
        self.xs = [0, *ys, *self.xs[:3], 9]
        return [*self.xs, *ys]

    def before_a_change(self) -> list[int]:
        return [*self.xs, self._grown()]

    def after_a_change(self) -> list[int]:
        return [self._grown(), *self.xs]

    def of_anything(self, text: str, count: int) -> list[str]:
        return [*text, "|", *[str(n) for n in range(count % 5)], *self.table, *("x", "y")]

    def optional(self, ys: list[int]) -> list[int | None]:
        found: list[int | None] = [None, *ys]
        return found

    def failing(self, ys: list[int]) -> list[int]:
        return [*ys, 10 // len(ys), *[1 // n for n in ys]]

    def to_a_tuple(self, ys: list[int]) -> tuple[int, ...]:
        return (*ys, len(ys))

    def to_a_set(self, ys: list[int]) -> list[int]:
        return sorted({*ys, 0, *self.xs})

    def merged(self, more: dict[str, int]) -> dict[str, int]:
        self.table = {"z": 26, **self.table, **more, "a": 0}
        return {**more}

    def failing_entry(self, more: dict[str, int], n: int) -> dict[str, int]:
        return {"n": 1 // n, **more, "m": more["a"]}
