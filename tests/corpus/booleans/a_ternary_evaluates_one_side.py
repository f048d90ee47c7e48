"""`x if c else y` evaluates the condition first and only the side that is taken."""

from camshaft import Machine


class Ternary(Machine):
    log: list[str] = []

    def _say(self, word: str, n: int) -> int:
        self.log.append(word)
        return n

    def go(self, a: int, b: int) -> int:
        return self._say("then", a) if self._say("if", b) > 0 else self._say("else", -a)

    def nested(self, a: int) -> str:
        return "minus" if a < 0 else "zero" if a == 0 else "plus"

    def guarded(self, a: int) -> int:
        return 10 // a if a else 0
