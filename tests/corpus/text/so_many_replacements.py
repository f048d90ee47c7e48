"""`replace` with a count replaces from the left; an empty part is before each character and at the end."""

from camshaft import Machine


class Replaced(Machine):
    def plain(self, text: str, old: str, new: str, count: int) -> list[str]:
        return [text.replace(old, new, count), text.replace(old, new, 1), text.replace("", new, count)]

    def fixed(self, count: int) -> list[str]:
        text = "ab\U0001f600ab"
        return [text.replace("ab", "-", count), text.replace("", ".", count), text.replace("b", "", count)]

    def few(self, count: int, text: str) -> list[str]:
        n = count % 5 - 1
        return [
            "aXbXcXd".replace("X", text, n),
            "abc".replace("", text, n),
            "".replace("", text, n),
            "".replace("a", text, n),
        ]

    def fails(self, text: str, n: int) -> str:
        return text.replace("a", "b", 6 // n)
