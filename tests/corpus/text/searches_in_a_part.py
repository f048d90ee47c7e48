"""Bounds of a search count from the end where they are negative, and where they cross nothing is found."""

from camshaft import Machine


class Search(Machine):
    heard: list[str] = []

    def said(self, text: str) -> str:
        self.heard.append(text)
        return text

    def find(self, text: str, part: str, start: int, end: int) -> list[int]:
        return [
            text.find(part, start),
            text.rfind(part, start),
            text.find(part, start, end),
            text.rfind(part, start, end),
            text.count(part, start),
            text.count(part, start, end),
            text.count(part),
        ]

    def fixed(self, part: str, start: int, end: int) -> list[int]:
        text = "abcabc\U0001f600abc"
        return [text.find(part, start, end), text.rfind("bc", start), text.count("a", start, end), text.find("", start)]

    def must(self, text: str, start: int) -> int:
        return text.index("a", start)

    def must_behind(self, text: str, end: int) -> int:
        return text.rindex("a", 0, end)

    def fails(self, text: str, n: int) -> int:
        return text.find(self.said(text), 12 // n)

    def words(self, text: str) -> list[str]:
        found: list[str] = []
        at = 0
        while at <= len(text):
            end = text.find(" ", at)
            if end < 0:
                end = len(text)
            found.append(text[at:end])
            at = end + 1
        return found
