"""The idiom of counting, with `in` and with `get`."""

from camshaft import Machine


class Count(Machine):
    counts: dict[str, int] = {}

    def add(self, words: list[str]) -> int:
        for word in words:
            if word not in self.counts:
                self.counts[word] = 0
            self.counts[word] += 1
        most = 0
        for word in self.counts:
            most = max(most, self.counts[word])
        return most

    def with_get(self, words: list[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for word in words:
            found[word] = found.get(word, 0) + 1
        return found
