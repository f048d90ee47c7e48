"""`""` is a key, and so is None of an optional."""

from camshaft import Machine


class Keys(Machine):
    texts: dict[str, int] = {}
    maybe: dict[int | None, int] = {}

    def put(self, s: str, n: int | None) -> int:
        self.texts[s] = len(self.texts)
        self.maybe[n] = len(self.maybe)
        return len(self.texts) + len(self.maybe) * 100

    def get(self, n: int | None) -> int:
        return self.maybe[n]
