"""`xs[::2] = ys` takes as many elements as the slice has; `del xs[::2]` leaves those out; a step of 1 is none."""

from camshaft import Machine


class Steps(Machine):
    xs: list[int] = [1, 2, 3, 4, 5, 6]
    rows: dict[str, list[list[int]]] = {"a": [[1], [2], [3]]}

    def assign(self, a: int, b: int, step: int, new: list[int]) -> list[int]:
        self.xs[a:b:step] = new
        return list(self.xs)

    def as_many(self, a: int, step: int) -> None:
        self.xs[a::step] = [-x for x in self.xs[a::step]]

    def delete(self, a: int, b: int, step: int) -> list[int]:
        del self.xs[a:b:step]
        return list(self.xs)

    def every_other(self) -> None:
        del self.xs[::2]
        self.xs[::-1] = list(self.xs)

    def of_objects(self, name: str, step: int) -> None:
        self.rows[name][::step] = [[step], [7]]
        self.rows[name][-1].append(step)
        del self.rows[name][:: step // 2]

    def refill(self) -> None:
        self.xs = [1, 2, 3, 4, 5, 6]
        self.rows["a"] = [[1], [2], [3]]
