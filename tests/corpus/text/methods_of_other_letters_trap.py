"""`upper` and `isalpha` of what is not ASCII trap with ValueError, where Python asks its tables of Unicode."""

from camshaft import Machine

BEYOND_PYTHON = ["ValueError"]
INPUTS = [(method, s) for method in ("upper", "lower", "alpha") for s in ("a", "ä", "ß", "A", "日", "")]


class Letters(Machine):
    tries: int = 0

    def upper(self, s: str) -> str:
        self.tries += 1
        return s.upper()

    def lower(self, s: str) -> str:
        self.tries += 1
        return s.lower()

    def alpha(self, s: str) -> bool:
        self.tries += 1
        return s.isalpha()
