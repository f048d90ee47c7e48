"""A `key=` lambda reads parameters and fields."""

from camshaft import Machine


class Lambdas(Machine):
    weights: dict[str, int] = {"a": 3, "b": 1}

    def by_weight(self, xs: list[str]) -> list[str]:
        return sorted(xs, key=lambda x: self.weights.get(x, 0))

    def nearest(self, xs: list[int], n: int) -> int:
        return min(xs, key=lambda x: (abs(x - n), x))
