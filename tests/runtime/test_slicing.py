"""A journal that begins with a state goes on as the whole one does; a snapshot that is not one is rejected."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.errors import Rejected
from camshaft.journal.journal import Batch
from camshaft.journal.memory import MemoryJournal
from camshaft.runtime.catalog import Catalog
from camshaft.runtime.engine import Engine
from camshaft.runtime.entries import Deletion, Deploy, Entry, Input, Restore, Rollback, Setting, Upgrade, encode_batch
from camshaft.runtime.outcomes import Restored
from camshaft.runtime.past import decoded, past_of
from camshaft.runtime.replica import Replica
from camshaft.runtime.slicing import cut_before, sliced
from camshaft.runtime.snapshot import restored, snapshot_of
from camshaft.values.codec import encode
from generators.journals import Held
from generators.machines import cart, counter, counter_v2, merge, split, upgrade

V1, V2, CART = program_id(counter()), program_id(counter_v2()), program_id(cart())
UPGRADES = [upgrade(counter(), counter_v2(), split(), merge()), upgrade(counter_v2(), counter(), merge())]

entries = st.one_of(
    st.builds(lambda key, by: Input("counter", key, "incr", (), by), st.sampled_from([None, "a", "b"]), st.just(V1)),
    st.builds(lambda n: Input("counter", "a", "add", (n, "why"), V2), st.integers(0, 9)),
    st.builds(lambda n: Input("cart", "x", "put", ("pen", n), CART, caller="ann"), st.integers(0, 9)),
    st.builds(lambda n: Input("cart", "x", "take", ("pen", n), CART), st.integers(0, 9)),
    st.builds(lambda n: Setting("counter", n), st.integers(1, 10_000)),
    st.builds(lambda key: Deletion("counter", key), st.sampled_from([None, "a", "b"])),
    st.builds(lambda data: Upgrade(data), st.sampled_from(UPGRADES)),
    st.builds(
        lambda n, way: Rollback(f"{n:032x}", "counter", 0, way),
        st.integers(0, 9),
        st.sampled_from(["downgrade", "replay"]),
    ),
)
journals = st.lists(st.lists(entries, min_size=1, max_size=3), max_size=6)


def written(journal: list[list[Entry]]) -> Held:
    memory = MemoryJournal()
    replica = Replica(memory, clock_us=lambda: 5)
    replica.commit([Deploy(encode_program(counter())), Deploy(encode_program(cart()))])
    for batch in journal:
        replica.commit([_at_what_stands(entry, replica) for entry in batch])
    return Held.of(memory)


def _at_what_stands(entry: Entry, replica: Replica) -> Entry:
    """A rollback of whatever is the last upgrade in force by now."""
    undoable = replica.engine.machine("counter").undoable
    if isinstance(entry, Rollback) and entry.undone == 0 and undoable:
        return Rollback(entry.id, "counter", undoable[-1].position, entry.way)
    return entry


def folded(source: Held) -> tuple[Engine, list[Any]]:
    """The engine that a journal folds to, and what became of its entries."""
    engine, outcomes = Engine(past_of(source)), []
    for position, batch in past_of(source)(0):
        outcomes.append(engine.apply(position, batch))
    return engine, outcomes


def picture(engine: Engine) -> Any:
    return (
        engine.position,
        engine.time_us,
        set(engine.catalog.programs),
        {
            name: (
                machine.loaded.id,
                machine.fuel,
                [(key, each.loaded.id, encode(each.loaded.state_type, each.state)) for key, each in machine.each()],
                [record for record in machine.history if record.kind != "restore"],
            )
            for name, machine in engine.machines.items()
        },
    )


@given(journals, st.data())
def test_a_journal_may_begin_anywhere_and_goes_on_the_same(journal: list[list[Entry]], data: st.DataObject) -> None:
    source = written(journal)
    whole, outcomes = folded(source)
    begin = cut_before(source, past_of(source), data.draw(st.integers(0, source.end)))
    cut = Held(list(sliced(source, begin, past_of(source))))
    engine, since = folded(cut)
    assert picture(engine) == picture(whole)
    if begin == 0:
        assert list(cut.read()) == list(source.read())
    else:
        assert isinstance(since[0][0], Restored)
        assert since[1:] == outcomes[len(outcomes) - len(since) + 1 :]


def test_entries_keep_their_positions_and_rollbacks_find_their_upgrades() -> None:
    source = written([[Input("counter", "a", "incr", (), V1)], [Upgrade(UPGRADES[0])]])
    cut = list(sliced(source, 3, past_of(source)))
    assert [(batch.position, batch.count) for batch in cut] == [(0, 3), (3, 1)]
    memory = MemoryJournal()
    for batch in cut:
        memory.append(batch.position, batch.count, batch.payload)
    replica = Replica(memory)
    replica.recover()
    assert replica.rollback("0" * 32, "counter", 3, "downgrade").position == 4
    with pytest.raises(Rejected, match="has gone back to its first version"):
        replica.engine.check_rollback("counter")
    again = Replica(memory)
    again.recover()
    assert picture(again.engine) == picture(replica.engine)


def test_what_was_decided_before_the_cut_is_answered_again_after_it() -> None:
    source = written([[Upgrade(UPGRADES[0])], [Input("counter", "a", "incr", (), V2)]])
    _, outcomes = folded(source)
    memory = MemoryJournal()
    for batch in sliced(source, 3, past_of(source)):
        memory.append(batch.position, batch.count, batch.payload)
    replica = Replica(memory)
    replica.recover()
    assert replica.commit([Upgrade(UPGRADES[0])]) == outcomes[1]
    assert replica.rollback("0" * 32, "counter", 2, "downgrade").undone == 2
    assert replica.commit([Upgrade(UPGRADES[0])]) == outcomes[1], "and nothing was upgraded again"
    assert replica.engine.machine("counter").loaded.id == V1


def test_what_restores_a_state_stands_at_the_beginning_and_alone() -> None:
    source = written([])
    engine, _ = folded(source)
    data = snapshot_of(engine.catalog, engine.standing)
    later = Batch(2, 7, encode_batch([Restore(7, data)], 5, b""))
    ((position, batch),) = decoded([later])
    with pytest.raises(Rejected, match="restores a state where it does not begin"):
        engine.apply(position, batch)
    among = encode_batch([Restore(7, data), Input("counter", None, "incr", (), V1)], 5, b"")
    with pytest.raises(Rejected, match="alone in its batch"):
        list(decoded([Batch(0, 2, among)]))
    with pytest.raises(Rejected, match="holds 7 entries, but the journal counts 8"):
        list(decoded([Batch(0, 8, encode_batch([Restore(7, data)], 5, b""))]))


@given(journals, st.data())
def test_a_snapshot_of_which_a_byte_was_changed_is_rejected_or_another_state(
    journal: list[list[Entry]], data: st.DataObject
) -> None:
    engine, _ = folded(written(journal))
    whole = snapshot_of(engine.catalog, engine.standing)
    assert snapshot_of(engine.catalog, restored(whole, Catalog())) == whole
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    try:
        restored(changed, Catalog())
    except Rejected:
        pass
    else:
        assert changed != whole


def test_a_snapshot_that_says_too_much_is_rejected() -> None:
    engine, _ = folded(written([[Input("counter", "a", "incr", (), V1)]]))
    whole = msgspec.msgpack.decode(snapshot_of(engine.catalog, engine.standing))

    def rejected(reason: str, **changes: Any) -> None:
        rows = dict(zip(("version", "time", "programs", "machines", "answers", "extensions"), whole, strict=True))
        with pytest.raises(Rejected, match=reason):
            restored(msgspec.msgpack.encode(list({**rows, **changes}.values())), Catalog())

    (name, program, fuel, history, undoable, instances), other = whole[3]
    rejected("version 2", version=2)
    rejected("uses trial", extensions={"trial": 1})
    rejected("the machine 'counter' twice", machines=[whole[3][0], whole[3][0]])
    rejected("fuel that none can have", machines=[(name, program, 0, history, undoable, instances)])
    rejected("names no program of counter", machines=[(name, other[1], fuel, history, undoable, instances)])
    rejected("names no program of counter", machines=[(name, 99, fuel, history, undoable, instances)])
    rejected("the instance 'a' of counter twice", machines=[(name, program, fuel, history, undoable, instances * 2)])
    rejected("control characters", machines=[(name, program, fuel, history, undoable, [("\n", *instances[0][1:])])])
    rejected("malformed", machines=[(name, program, fuel, history)])
    rejected("an answer of kind 'maybe'", answers=[("0" * 32, b"", "maybe", {})])
    rejected("malformed", answers=[("0" * 32, b"", "void", {})])
    row = (3, 3, program, other[1], True, None, 5, None, "", None)
    rejected("names no program of counter", machines=[(name, program, fuel, history, [row], instances)])
