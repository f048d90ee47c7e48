"""`x or y` of integers and texts gives one of them, not a bool."""

from camshaft import Machine


class Default(Machine):
    def number(self, a: int, b: int) -> int:
        return a or b

    def text(self, a: str, b: str) -> str:
        return a or b or "none"

    def both(self, a: str, b: str) -> str:
        return a and b

    def lists(self, a: list[int], b: list[int]) -> list[int]:
        return a or b or [7]
