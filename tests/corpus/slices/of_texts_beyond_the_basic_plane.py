"""Slices of texts count code points."""

from camshaft import Machine


class Texts(Machine):
    def go(self, s: str, a: int, b: int) -> str:
        return s[a:b] + "|" + s[b:] + "|" + s[::-1]

    def fixed(self, a: int) -> str:
        return "a\U0001f600bäe\u0301"[a : a + 2]
