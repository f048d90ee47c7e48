"""Journals as something to read."""

from __future__ import annotations

from collections.abc import Iterator

from camshaft.journal.journal import Batch, Journal


class Held:
    """A journal in memory, as something to read: all that it held when it was taken."""

    def __init__(self, batches: list[Batch]) -> None:
        self._batches = batches
        self.end = batches[-1].end

    @staticmethod
    def of(journal: Journal) -> Held:
        return Held(list(journal.read()))

    def read(self, from_position: int = 0) -> Iterator[Batch]:
        yield from (batch for batch in self._batches if batch.position >= from_position)

    def close(self) -> None:
        pass
