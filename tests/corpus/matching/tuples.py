"""A tuple of the subjects is matched element by element."""

from camshaft import Machine

INPUTS = [("go", a, b) for a in (0, 1, 2) for b in ("", "x", "y")]


class Tuples(Machine):
    def go(self, a: int, b: str) -> str:
        match (a, b):
            case (0, ""):
                return "nothing"
            case (0, s):
                return s
            case (n, "x" | "y"):
                return f"{n} marked"
            case (n, s):
                return f"{n}{s}"
