"""A pair or None is unpacked after its test."""

from camshaft import Machine


class Pairs(Machine):
    last: tuple[int, str] | None = None

    def put(self, pair: tuple[int, str] | None) -> str:
        before = self.last
        self.last = pair
        if before is None:
            return "first"
        n, s = before
        return f"{n}{s}{before[0]}"
