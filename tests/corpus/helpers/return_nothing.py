"""A helper without a result is a statement; `return` and falling off its end are the same."""

from camshaft import Machine


class Nothing(Machine):
    n: int = 0

    def _maybe(self, k: int) -> None:
        if k < 0:
            return
        self.n += k

    def go(self, k: int) -> int:
        self._maybe(k)
        self._maybe(-k)
        return self.n
