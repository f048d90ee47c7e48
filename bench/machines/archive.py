"""One large map, whose entries the next version rewrites."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass(frozen=True)
class Entry:
    number: int
    title: str


class Archive(Machine):
    entries: dict[int, Entry] = {}
    touched: int = 0

    def fill(self, start: int, count: int) -> None:
        for number in range(start, start + count):
            self.entries[number] = Entry(number, f"entry {number}")

    def look(self, number: int) -> int:
        return self.entries[number].number

    def touch(self, number: int) -> int:
        self.touched += 1
        return self.entries[number].number
