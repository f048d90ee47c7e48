"""A display evaluates key, value, key, value."""

from camshaft import Machine


class Pairs(Machine):
    log: list[str] = []

    def _say(self, word: str) -> str:
        self.log.append(word)
        return word

    def go(self, a: str, b: str) -> dict[str, str]:
        return {self._say(a): self._say(b), self._say(b): self._say(a)}
