"""`popitem` takes the entry that was put in last, and fails where there is none."""

from camshaft import Machine


class Stack(Machine):
    entries: dict[str, int] = {}
    seen: list[str] = []

    def put(self, key: str, value: int) -> int:
        self.entries[key] = value
        return len(self.entries)

    def take(self) -> tuple[str, int]:
        key, value = self.entries.popitem()
        self.seen.append(key)
        return key, value + len(self.entries)

    def twice(self) -> int:
        self.seen.append("twice")
        return self.entries.popitem()[1] * 10 + self.entries.popitem()[1]
