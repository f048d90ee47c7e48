"""`any` and `all` of a generator stop at the first that decides: what would trap after it is not evaluated."""

from camshaft import Machine


class Early(Machine):
    def some(self, xs: list[int]) -> bool:
        return any(10 // x > 2 for x in xs)

    def every(self, xs: list[int]) -> bool:
        return all(10 // x > 2 for x in xs)
