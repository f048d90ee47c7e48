"""Fields of each type, with defaults, compared as wholes."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass(frozen=True)
class Record:
    n: int
    s: str = "s"
    flag: bool = False
    pair: tuple[int, str] = (0, "")
    many: tuple[int, ...] = ()
    maybe: int | None = None


class Records(Machine):
    kept: list[Record] = []

    def add(self, record: Record) -> bool:
        known = record in self.kept
        self.kept.append(record)
        return known or record == Record(record.n, maybe=record.maybe)

    def make(self, n: int, s: str) -> Record:
        return Record(n, s, n > 2, (n, s), (n, n), n)
