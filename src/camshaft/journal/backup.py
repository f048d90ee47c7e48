"""A copy of a journal that is whole up to a position, made while a node writes on, and the way back from it.

What is copied is what was durable when the copy began: a reader of an SQLite file sees one moment of it. Each batch is
checked on the way, so a copy that was made is one that opens. A backup is a data directory like any other: a node could
serve from it.

A damaged journal is not backed up, since the copy would end before the damage and look whole: `salvage` does that, and
says so.
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack, closing
from itertools import chain
from pathlib import Path

from camshaft.errors import Rejected
from camshaft.journal.directory import read_mark
from camshaft.journal.file import FILE_NAME, open_for_reading, read_batches
from camshaft.journal.journal import DamagedJournal
from camshaft.journal.snapshots import Snapshots
from camshaft.journal.sqlite import SqliteJournal


def back_up(data_dir: Path | str, to_dir: Path | str) -> int:
    """Copy the journal of a data directory, whether a node runs on it or not; returns how many entries.

    Raises `DamagedJournal` or `UnknownFormat` where it cannot be read to its end, `Rejected` where there is none or
    the new directory holds something already. Then there is no new directory.
    """
    source, target = Path(data_dir), Path(to_dir)
    path = journal_in(source)
    check_empty(target)
    # Read before the copy begins: whatever was durable by then has to be in it.
    mark = read_mark(source) or 0
    with ExitStack() as opened, ExitStack() as undo:
        connection = opened.enter_context(closing(open_for_reading(path)))
        undo.callback(shutil.rmtree, target, ignore_errors=True)
        batches = read_batches(connection, path, None)
        first = next(batches, None)
        begin = 0 if first is None else first.position
        journal = opened.enter_context(closing(SqliteJournal(target)))
        journal.extend(chain([] if first is None else [first], batches), begin)
        if journal.next_position < mark:
            missing = f"it ends at position {journal.next_position}, but {mark} entries were written"
            raise DamagedJournal(path, journal.next_position, missing)
        if begin:
            Snapshots(source).copy_to(target, begin, journal.next_position)
        undo.pop_all()
        return journal.next_position - begin


def journal_in(directory: Path) -> Path:
    """The file of the journal in a directory. Raises Rejected where there is none."""
    path = directory / FILE_NAME
    if not path.is_file():
        raise Rejected(f"there is no journal in {directory}: {FILE_NAME} is missing")
    return path


def check_empty(directory: Path) -> None:
    """Raises Rejected where a directory that is to be made holds something already."""
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise Rejected(f"{directory} holds something already: name a directory that does not exist yet")
