"""Dicts of lists of dicts are equal where all parts are, in any order of keys."""

from camshaft import Machine


class Nested(Machine):
    kept: dict[str, list[dict[str, int]]] = {"a": [{"x": 1, "y": 2}], "b": []}

    def same(self, other: dict[str, list[dict[str, int]]]) -> bool:
        return self.kept == other

    def reordered(self) -> bool:
        return self.kept == {"b": [], "a": [{"y": 2, "x": 1}]}
