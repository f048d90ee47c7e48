"""`==` of dicts does not look at their order, and lists of them neither."""

from camshaft import Machine


class Same(Machine):
    kept: dict[str, int] = {"a": 1, "b": 2}

    def reorder(self) -> bool:
        value = self.kept["a"]
        before = dict(self.kept)
        del self.kept["a"]
        self.kept["a"] = value
        return before == self.kept

    def against(self, other: dict[str, int]) -> bool:
        return self.kept == other or self.kept != other and len(other) > 2
