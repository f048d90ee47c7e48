"""`é` as one code point and as two are different texts."""

from camshaft import Machine


class Letters(Machine):
    seen: dict[str, int] = {}

    def go(self) -> int:
        self.seen["\u00e9"] = 1
        self.seen["e\u0301"] = 2
        assert list(self.seen)[0] != list(self.seen)[1]
        return len(self.seen)
