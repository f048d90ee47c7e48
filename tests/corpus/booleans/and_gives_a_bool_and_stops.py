"""`a and f()` does not call `f` where `a` is false."""

from camshaft import Machine


class Short(Machine):
    calls: int = 0

    def _yes(self) -> bool:
        self.calls += 1
        return True

    def both(self, a: bool) -> bool:
        return a and self._yes()

    def either(self, a: bool) -> bool:
        return a or self._yes()

    def mixed(self, a: bool, b: bool) -> bool:
        return a and self._yes() or b and self._yes() and not self._yes()
