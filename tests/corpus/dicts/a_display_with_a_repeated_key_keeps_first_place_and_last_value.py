"""`{"a": 1, "b": 2, "a": 3}` has two entries: `a` first, with 3."""

from camshaft import Machine


class Repeated(Machine):
    def go(self, k: str, n: int) -> dict[str, int]:
        return {"a": 1, k: n, "b": 2, "a": 3}

    def comprehension(self, xs: list[int]) -> dict[int, int]:
        return {x % 3: x for x in xs}
