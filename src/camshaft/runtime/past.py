"""What a journal holds, as entries: the batches of a journal decoded, each with its position."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from camshaft.errors import Rejected
from camshaft.journal.journal import Batch
from camshaft.journal.reading import Readable
from camshaft.runtime.entries import Entries, decode_batch
from camshaft.runtime.replay import Past


def decoded(batches: Iterable[Batch]) -> Iterator[tuple[int, Entries]]:
    """Each batch's position and entries.

    Raises `Rejected` where a batch is not what the journal says of it, or a later version of Camshaft wrote it.
    """
    for batch in batches:
        entries = decode_batch(batch.payload)
        if entries.span != batch.count:
            raise Rejected(
                f"the batch at position {batch.position} holds {entries.span} entries, but the journal counts "
                f"{batch.count}: it was not written by Camshaft"
            )
        yield batch.position, entries


def past_of(source: Readable) -> Past:
    """What a journal holds, for whoever folds it."""

    def past(position: int) -> Iterator[tuple[int, Entries]]:
        return decoded(source.read(position))

    return past
