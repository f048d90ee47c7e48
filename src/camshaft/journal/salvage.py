"""What can be saved from a damaged journal: its intact prefix, copied into a new data directory.

The damaged directory is only read. Entries after the first bad one are never copied: each entry was acknowledged
on top of the ones before it, and a state that skips one never existed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from camshaft.journal.backup import check_empty, journal_in
from camshaft.journal.directory import DirectoryLock, read_mark
from camshaft.journal.file import examine, open_for_reading, read_batches
from camshaft.journal.journal import Batch, DamagedJournal
from camshaft.journal.snapshots import Snapshots
from camshaft.journal.sqlite import SqliteJournal


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What a salvage copied: how many entries, and why it ended there (None: at the end of an intact journal)."""

    entries: int
    directory: Path
    damage: str | None


def salvage(data_dir: Path | str, to_dir: Path | str) -> Salvaged:
    """Copy the intact prefix of a journal into a directory that does not exist yet or is empty.

    Raises `DirectoryInUse` where a node runs on either, `UnknownFormat`, `DamagedJournal` where nothing can be
    saved, `Rejected` where there is no journal or the new directory holds something already.
    """
    source, target = Path(data_dir), Path(to_dir)
    path = journal_in(source)
    check_empty(target)
    lock = DirectoryLock(source)
    try:
        damage: list[str] = []
        batches = _intact(path, damage)
        first = list(islice(batches, 1))  # before anything is created: there may be nothing to save
        begin = first[0].position if first else 0
        with closing(SqliteJournal(target)) as journal:
            journal.extend(chain(first, batches), begin)
            entries = journal.next_position - begin
            if begin:
                Snapshots(source).copy_to(target, begin, journal.next_position)
        if not damage:
            damage.extend(_lost_end(path, read_mark(source)))
        return Salvaged(entries, target, damage[0] if damage else None)
    finally:
        lock.release()


def _intact(path: Path, damage: list[str]) -> Iterator[Batch]:
    is_empty = True
    with closing(open_for_reading(path)) as connection:
        try:
            for batch in read_batches(connection, path, None):
                is_empty = False
                yield batch
        except DamagedJournal as error:
            if is_empty:
                raise
            damage.append(f"position {error.position}: {error.reason}")


def _lost_end(path: Path, mark: int | None) -> Iterator[str]:
    try:
        examine(path, mark)
    except DamagedJournal as error:
        yield f"position {error.position}: {error.reason}"
