"""A condition of a comprehension narrows its element."""

from camshaft import Machine


class Within(Machine):
    def go(self, xs: list[int | None]) -> list[int]:
        return [x + 1 for x in xs if x is not None and x != 3]
