"""`isdigit`, `isalpha`, `isalnum` of ASCII, `isascii` and `isspace` of any text: the empty text is of no kind but ASCII."""

from camshaft import Machine

INPUTS = [("kinds", s) for s in ("", "1", "a", "a1", "A-b", "12 ", "007", "Zz")] + [
    ("any", s) for s in ("", " ", "\t\n", "a b", "\u3000", "日本", "\x1c", "ä", "a")
]


class Kinds(Machine):
    def kinds(self, s: str) -> list[bool]:
        return [s.isdigit(), s.isalpha(), s.isalnum()]

    def any(self, s: str) -> list[bool]:
        return [s.isascii(), s.isspace()]
