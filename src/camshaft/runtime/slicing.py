"""From a part of a journal to a journal of its own: it begins with the state that the machines had come to.

What is cut off is replaced by one batch that stands for all of it, so that every entry keeps its position. A rewriter
may change states and inputs on the way.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from camshaft.bytecode.rollback import REPLAY
from camshaft.journal.journal import Batch
from camshaft.journal.reading import Readable
from camshaft.runtime.catalog import Catalog
from camshaft.runtime.engine import Engine
from camshaft.runtime.entries import Deletion, Entries, Entry, Input, Restore, encode_batch
from camshaft.runtime.outcomes import RolledBack
from camshaft.runtime.past import decoded
from camshaft.runtime.replay import Past
from camshaft.runtime.snapshot import Rewriter, restored, snapshot_of


def cut_before(source: Readable, past: Past, position: int) -> int:
    """Where a journal can be cut, at a position or before it.

    It is where a batch begins, since entries that were written together share a seed; not while a rollout is under way;
    and before each upgrade that was undone later on by replay, since that goes through the inputs since then once more.
    """
    engine, begin, starts = Engine(past), source.end, [0]
    undone: list[tuple[int, int]] = []
    for start, batch in past(0):
        if not engine.rollouts.running:
            starts.append(start)
        outcomes = engine.apply(start, batch)
        undone += [(one.undone, one.position) for one in outcomes if isinstance(one, RolledBack) and one.way == REPLAY]
        if begin == source.end and engine.position > position:
            begin = starts[-1]
    if begin == source.end and engine.rollouts.running:
        begin = starts[-1]
    for upgrade, rollback in sorted(undone, reverse=True):
        if upgrade < begin <= rollback:
            begin = starts[bisect_right(starts, upgrade) - 1]
    return begin


def sliced(source: Readable, begin: int, past: Past, rewriter: Rewriter | None = None) -> Iterator[Batch]:
    """The batches of a journal that begins with the state at the position where one of its batches begins.

    Raises `Rejected` where what is read is malformed, or where the rewriter makes one of two keys.
    """
    engine = Engine(past)
    waiting = begin > 0
    for batch in source.read():
        if waiting and batch.position >= begin:
            yield _beginning(engine, rewriter)
            waiting = False
        ((_, entries),) = decoded([batch])
        engine.apply(batch.position, entries)
        if not waiting:
            yield batch if rewriter is None else _rewritten(batch, entries, engine.catalog, rewriter)
    if waiting:
        yield _beginning(engine, rewriter)


def _beginning(engine: Engine, rewriter: Rewriter | None) -> Batch:
    data = snapshot_of(engine.catalog, engine.standing, rewriter)
    payload = encode_batch([Restore(engine.position, data)], engine.time_us, b"")
    return Batch(0, engine.position, payload)


def _rewritten(batch: Batch, entries: Entries, catalog: Catalog, rewriter: Rewriter) -> Batch:
    """A batch in which nothing is left that a rewriter would change."""
    changed = [_changed(entry, catalog, rewriter) for entry in entries.entries]
    return Batch(batch.position, batch.count, encode_batch(changed, entries.time_us, entries.seed))


def _changed(entry: Entry, catalog: Catalog, rewriter: Rewriter) -> Entry:
    # Who made an entry, and why, may name somebody, and nothing that is replayed depends on it, but for the key of an
    # input: a repeated one goes on to be a repeated one.
    anonymous = replace(entry, caller="", idempotency=None, cause=None)
    match anonymous:
        case Input():
            if entry.idempotency is not None:
                anonymous = replace(anonymous, idempotency=rewriter.retry(entry.idempotency))
            arguments = _arguments(anonymous, catalog, rewriter)
            return replace(anonymous, key=_key(anonymous, rewriter), arguments=arguments)
        case Deletion():
            return replace(anonymous, key=_key(anonymous, rewriter))
        case Restore():
            own = Catalog()
            standing = restored(anonymous.snapshot, own)
            return Restore(anonymous.positions, snapshot_of(own, standing, rewriter))
        case _:
            return anonymous


def _key(entry: Input | Deletion, rewriter: Rewriter) -> str | None:
    return None if entry.key is None else rewriter.key(entry.machine, entry.key)


def _arguments(entry: Input, catalog: Catalog, rewriter: Rewriter) -> tuple[Any, ...]:
    made_for = catalog.programs.get(entry.interface)
    prepared = None if made_for is None else made_for.methods.get(entry.method)
    if prepared is None:
        return ()  # for a program that never ran here: it is stale whatever its arguments are
    arguments = entry.arguments
    if isinstance(arguments, list):
        arguments = prepared.arguments_of(arguments)
    changed: tuple[Any, ...] = rewriter.value(prepared.domain, arguments)
    return changed
