"""A helper may set a field to None: it is tested again after the call."""

from camshaft import Machine


class Again(Machine):
    x: int | None = 3

    def _maybe_clear(self, n: int) -> None:
        if n > 1:
            self.x = None

    def put(self, n: int) -> None:
        self.x = n

    def go(self, n: int) -> int:
        if self.x is not None:
            before = self.x
            self._maybe_clear(n)
            if self.x is None:
                return before  # type: ignore[unreachable]  # mypy forgets that a call may change a field
            return self.x + 1
        return -1
