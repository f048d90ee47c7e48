"""The archive with a note for each entry: the migration rewrites them all."""

from dataclasses import dataclass

from camshaft import Machine, migration
from machines import archive


@dataclass(frozen=True)
class Entry:
    number: int
    title: str
    note: str


class Archive(Machine):
    entries: dict[int, Entry] = {}
    touched: int = 0
    version: int = 2

    def fill(self, start: int, count: int) -> None:
        for number in range(start, start + count):
            self.entries[number] = Entry(number, f"entry {number}", "")

    def look(self, number: int) -> int:
        return self.entries[number].number

    def touch(self, number: int) -> int:
        self.touched += 1
        return self.entries[number].number

    def note(self, number: int) -> str:
        return self.entries[number].note


@migration
def with_notes(was: archive.Archive) -> Archive:
    return Archive(
        entries={number: Entry(entry.number, entry.title, "none") for number, entry in was.entries.items()},
        touched=was.touched,
    )
