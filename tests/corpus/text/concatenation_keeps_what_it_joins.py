"""`+` neither normalises nor joins surrogates; the empty text changes nothing."""

from camshaft import Machine


class Join(Machine):
    kept: str = "e"

    def add(self, s: str) -> int:
        self.kept = self.kept + s + "\u0301"
        return len(self.kept)
