"""What a helper builds is its caller's."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass(frozen=True)
class Found:
    index: int
    value: str


class Build(Machine):
    words: list[str] = ["a", "b"]

    def _numbers(self, n: int) -> list[int]:
        return [n, n + 1]

    def _find(self, word: str) -> Found | None:
        for i in range(len(self.words)):
            if self.words[i] == word:
                return Found(i, word * 2)
        return None

    def go(self, word: str, n: int) -> int:
        numbers = self._numbers(n)
        numbers.append(3)
        found = self._find(word)
        if found is None:
            self.words.append(word)
            return len(numbers)
        return found.index * 100 + len(found.value) + numbers[1]
