"""Running inputs: one that comes again directly, as the same object, does what an equal one does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.runtime.engine import Engine
from camshaft.runtime.entries import Deploy, Entries, Entry, Input, decode_batch, encode_batch
from camshaft.runtime.entries import Upgrade as UpgradeEntry
from camshaft.runtime.outcomes import NOTHING, Outcome, Returned
from camshaft.values.types import INT
from generators.machines import counter, counter_v2, dice, split, upgrade

V1, V2, DICE = program_id(counter()), program_id(counter_v2()), program_id(dice())
START = (Deploy(encode_program(counter())), Deploy(encode_program(dice())))
TO_V2 = UpgradeEntry(upgrade(counter(), counter_v2(), split()))


def entries() -> st.SearchStrategy[Entry]:
    keys = st.sampled_from((None, "a", "b"))
    counting = st.builds(
        Input,
        st.sampled_from(("counter", "absent")),
        keys,
        st.sampled_from(("incr", "value", "refuse", "trap", "absent")),
        st.just(()),
        st.sampled_from((V1, V2)),
    )
    rolling = st.builds(
        Input, st.just("dice"), keys, st.sampled_from(("roll", "roll_or_refuse", "look")), st.just(()), st.just(DICE)
    )
    once = st.just(Input("counter", None, "incr", (), V1, idempotency="key"))
    return st.one_of(counting, rolling, once, st.just(TO_V2))


def runs() -> st.SearchStrategy[list[tuple[Entry, int]]]:
    """Entries, and how many times each comes in a row."""
    return st.lists(st.tuples(entries(), st.integers(1, 4)), max_size=8)


def copied(entry: Entry) -> Entry:
    """An equal entry that is another object."""
    if isinstance(entry, Input):
        return Input(entry.machine, entry.key, entry.method, entry.arguments, entry.interface, entry.caller,
                     entry.idempotency, entry.cause)  # fmt: skip
    return entry


def as_written(batch: Entries) -> Entries:
    """A batch as a journal gives it back."""
    return decode_batch(encode_batch(batch.entries, batch.time_us, batch.seed))


def folded(
    batches: list[list[Entry]], given: Callable[[Entries], Entries] = lambda batch: batch
) -> tuple[list[list[Outcome]], dict[str, list[tuple[str | None, Any]]]]:
    """What becomes of each entry, and the states after all of them."""
    engine = Engine()
    engine.apply(0, Entries(0, b"", START))
    told = [
        engine.apply(engine.position, given(Entries(number, b"seed %d" % number, batch)))
        for number, batch in enumerate(batches)
    ]
    return told, {name: list(machine.states()) for name, machine in engine.machines.items()}


@given(st.lists(runs(), max_size=4))
def test_an_input_that_comes_again_directly_does_what_an_equal_one_does(batches: list[list[tuple[Entry, int]]]) -> None:
    same = [[entry for entry, times in batch for _ in range(times)] for batch in batches]
    others = [[copied(entry) for entry in batch] for batch in same]
    assert folded(same) == folded(others) == folded(others, as_written)


def test_an_input_that_comes_again_directly_runs_again() -> None:
    incr, value = (Input("counter", None, method, (), V1) for method in ("incr", "value"))
    told, states = folded([[incr, incr, incr, value, value, incr]])
    assert told == [[NOTHING, NOTHING, NOTHING, Returned(INT, 3), Returned(INT, 3), NOTHING]]
    assert states["counter"] == [(None, (4,))]


def test_what_is_read_from_a_journal_is_one_object_where_it_comes_again_directly() -> None:
    incr, add = Input("counter", "a", "incr", (), V1), Input("counter", "a", "add", (1,), V1)
    entries = as_written(Entries(0, b"", [copied(incr), copied(incr), add, copied(add), incr])).entries
    assert entries[0] is entries[1] is not entries[4]
    assert entries[2] is not entries[3]
