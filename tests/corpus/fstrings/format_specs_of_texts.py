"""Texts are aligned and filled: by code points."""

from camshaft import Machine


class Specs(Machine):
    def go(self, s: str) -> str:
        return f"[{s:>6}|{s:<4}|{s:*^8}]"
