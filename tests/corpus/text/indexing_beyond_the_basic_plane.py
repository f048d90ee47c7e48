"""An index counts code points, not UTF-16 units or bytes; negative ones count from the end."""

from camshaft import Machine


class Index(Machine):
    def at(self, i: int) -> str:
        return "a\U0001f600bä日"[i]

    def of(self, s: str, i: int) -> str:
        return s[i]
