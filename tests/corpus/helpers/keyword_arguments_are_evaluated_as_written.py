"""Arguments are evaluated in the order of the call, not of the parameters."""

from camshaft import Machine


class Order(Machine):
    log: list[str] = []

    def _say(self, word: str, n: int) -> int:
        self.log.append(word)
        return n

    def _sub(self, a: int, b: int) -> int:
        return a - b

    def go(self, x: int, y: int) -> int:
        return self._sub(b=self._say("b", x), a=self._say("a", y))
