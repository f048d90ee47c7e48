"""`upper`, `lower`, `strip` and their like, of ASCII."""

from camshaft import Machine

INPUTS = [
    (method, s)
    for method in ("case", "strip", "chars")
    for s in ("", "a", "AbC", " x ", "\t a b\n", "xxaxx", "123", "a-b", "..a..")
]


class Case(Machine):
    def case(self, s: str) -> list[str]:
        return [s.upper(), s.lower()]

    def strip(self, s: str) -> list[str]:
        return [s.strip(), s.lstrip(), s.rstrip()]

    def chars(self, s: str) -> list[str]:
        return [s.strip("x."), s.lstrip("."), s.rstrip("x")]
