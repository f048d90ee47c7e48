"""Arguments are evaluated left to right, before the helper's first statement."""

from camshaft import Machine


class Arguments(Machine):
    log: list[str] = []

    def _say(self, word: str) -> int:
        self.log.append(word)
        return len(self.log)

    def _called(self, a: int, b: int, c: int) -> int:
        self.log.append("called")
        return a * 100 + b * 10 + c

    def go(self, s: str) -> int:
        return self._called(self._say(s), len(self.log), self._say("c"))
