"""A method answers once."""

from collections.abc import Iterator

from camshaft import Machine


class Box(Machine):
    def go(self, n: int) -> list[int]:
        yield n  # error: CAM010
