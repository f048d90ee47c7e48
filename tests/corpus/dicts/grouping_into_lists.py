"""The idiom of grouping."""

from camshaft import Machine


class Group(Machine):
    groups: dict[int, list[str]] = {}

    def add(self, word: str) -> int:
        key = len(word)
        if key not in self.groups:
            self.groups[key] = []
        self.groups[key].append(word)
        return len(self.groups[key])
