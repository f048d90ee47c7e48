"""A list as a field's default belongs to the instance."""

from camshaft import Machine


class Defaults(Machine):
    xs: list[int] = [1, 2]
    d: dict[str, list[int]] = {"a": [1]}

    def go(self, n: int) -> int:
        self.xs.append(n)
        self.d["a"].append(n)
        return len(self.xs) + len(self.d["a"])
