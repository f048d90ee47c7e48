"""`add`, `discard`, `remove`, `in`, `len`: an element is there once."""

from camshaft import Machine


class Sets(Machine):
    seen: set[str] = {"a"}

    def add(self, s: str) -> int:
        self.seen.add(s)
        return len(self.seen)

    def discard(self, s: str) -> bool:
        found = s in self.seen
        self.seen.discard(s)
        return found

    def remove(self, s: str) -> int:
        self.seen.remove(s)
        return len(self.seen)
