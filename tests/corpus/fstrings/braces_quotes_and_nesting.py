"""Doubled braces, an f-string within one, and texts with braces of their own."""

from camshaft import Machine


class Braces(Machine):
    def go(self, s: str, n: int) -> str:
        return f"{{{s}}} {f'<{n}>'} {'{x}'} {n if n > 0 else -n}"
