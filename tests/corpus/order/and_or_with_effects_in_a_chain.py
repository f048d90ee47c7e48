"""`a and b or c and d` runs exactly those that decide."""

from camshaft import Machine


class Chain(Machine):
    log: list[int] = []

    def _ask(self, k: int, yes: bool) -> bool:
        self.log.append(k)
        return yes

    def go(self, a: bool, b: bool, c: bool) -> bool:
        return self._ask(1, a) and self._ask(2, b) or self._ask(3, c) and not self._ask(4, a)

    def condition(self, a: bool, b: bool) -> int:
        if not (self._ask(5, a) or self._ask(6, b)):
            return 1
        return 2
