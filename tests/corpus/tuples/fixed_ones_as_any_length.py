"""A tuple of a known length is one of any length too, where that is wanted."""

from camshaft import Machine


class Widened(Machine):
    points: tuple[int, ...] = ()

    def total(self, numbers: tuple[int, ...]) -> int:
        return sum(numbers)

    def go(self, x: int, y: int) -> list[int]:
        pair = (x, y)
        self.points = pair
        self.points = self.points + (x,)
        self.points += pair
        self.points = (y,) + self.points + (x, y, x)
        return [self.total(pair), self.total(()), self.total((x,)), self.total(pair * 2), len(self.points)]

    def either(self, flag: bool, x: int) -> tuple[int | None, ...]:
        one = (x, None)
        return one if flag else (None,)

    def joined(self, words: list[str]) -> tuple[str, ...]:
        head = ("<", words[0]) if words else ("<", "-")
        return head + tuple(words) + (">",)
