"""Texts are ordered by code points: capitals before small letters, and no locale."""

from camshaft import Machine


class Order(Machine):
    def all(self, a: str, b: str) -> list[bool]:
        return [a < b, a <= b, a == b, a != b, a > b, a >= b]

    def odd(self) -> list[bool]:
        return ["Z" < "a", "z" < "ä", "\uffff" < "\U00010000", "" < "\x00"]
