"""Defaults may be constants of the module, negative, texts, tuples, None."""

from camshaft import Machine

START = 5


class Defaults(Machine):
    def _mix(self, a: int, b: int = START, c: str = "x", d: tuple[int, int] = (1, -2), e: int | None = None) -> str:
        return f"{a} {b} {c} {d[0]} {d[1]} {e is None}"

    def go(self, a: int) -> str:
        return self._mix(a) + self._mix(a, e=a) + self._mix(a, 1, d=(a, a))

    def public(self, a: int = -1, b: str = "", c: bool = True) -> str:
        return f"{a}{b}{c}"
