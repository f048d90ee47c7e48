"""`a and b or c` gives the value that decides, whatever is within what."""

from camshaft import Machine


class Chosen(Machine):
    word: str = "w"

    def of_numbers(self, a: int, b: int, c: int) -> list[int]:
        return [a and b or c, a or b and c, (a or b) and c, (a and b or c) and a or b]

    def of_texts(self, a: str, b: str) -> str:
        return a and b or self.word or "never"

    def of_optionals(self, a: int | None, b: int) -> int:
        return a and b or 5

    def of_tests(self, a: int, b: int) -> list[bool]:
        return [a > 1 and b > 1 or a < 0, (a > 1 or b > 1) and (a or b) > 3]

    def nested(self, a: int, b: int, c: int) -> int:
        return ((((a or b) and c) or b) and a) or (c and (b or a))
