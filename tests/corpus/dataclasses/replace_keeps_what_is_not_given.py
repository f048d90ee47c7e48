"""`replace` makes a new object: the fields that are not given are as they were, and the old object is too."""

from dataclasses import dataclass, replace

from camshaft import Machine


@dataclass(frozen=True)
class Entry:
    key: str
    count: int = 0
    note: str | None = None


class Entries(Machine):
    last: Entry = Entry("a")
    before: Entry | None = None

    def count(self, by: int) -> int:
        self.before = self.last
        self.last = replace(self.last, count=self.last.count + by)
        return self.last.count

    def annotate(self, note: str | None, key: str) -> Entry:
        self.last = replace(self.last, note=note, key=key)
        return self.last
