"""`xs[::2]`, `xs[::-1]`, and bounds with a negative step; a step of zero traps."""

from camshaft import Machine


class Steps(Machine):
    def go(self, xs: list[int], a: int, b: int, step: int) -> list[int]:
        return xs[a:b:step]

    def reverse(self, xs: list[int]) -> list[int]:
        return xs[::-1] + xs[::2] + xs[1::2] + xs[::-2]

    def half(self, s: str, a: int, step: int) -> str:
        return s[a::step] + s[:a:step]
