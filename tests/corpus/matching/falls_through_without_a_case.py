"""A `match` without a case that fits does nothing."""

from camshaft import Machine


class Nothing(Machine):
    n: int = 0

    def go(self, s: str) -> int:
        match s:
            case "a":
                self.n += 1
            case "b":
                self.n += 10
        return self.n
