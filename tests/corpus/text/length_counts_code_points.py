"""`len` of a text counts code points: an emoji is one, a decomposed letter two."""

from camshaft import Machine


class Length(Machine):
    def of(self, s: str) -> int:
        return len(s)

    def odd(self) -> list[int]:
        return [len("\U0001f600"), len("e\u0301"), len("日本"), len("\x00"), len("🇩🇪"), len("")]
