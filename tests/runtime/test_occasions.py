"""Steps ask for their time, their key and random numbers, and are told the same in every replay."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.occasion import Draws, entry_seed
from camshaft.errors import Fault
from camshaft.journal.memory import MemoryJournal
from camshaft.journal.sqlite import SqliteJournal
from camshaft.runtime.engine import Engine
from camshaft.runtime.entries import Deploy, Input, decode_batch
from camshaft.runtime.outcomes import RefusedBy, Returned
from camshaft.runtime.replica import Replica
from camshaft.values.address import Address
from camshaft.values.codec import value_hash
from generators.machines import dice

DICE = program_id(dice())


def step(method: str = "roll", key: str | None = None) -> Input:
    return Input("dice", key, method, (), DICE)


def rolls(engine: Engine, key: str | None = None) -> list[Any]:
    _, (found,) = engine.state(Address("dice", key))
    return list(found)


def hashes(engine: Engine) -> dict[str | None, str]:
    machine = engine.machines["dice"]
    return {key: value_hash(instance.loaded.state_type, instance.state) for key, instance in machine.each()}


@pytest.fixture
def replica() -> Iterator[Replica]:
    times, seeds = count(1_000), count()
    replica = Replica(MemoryJournal(), lambda: next(times), lambda: b"seed %d" % next(seeds))
    replica.deploy(encode_program(dice()))
    with closing(replica):
        yield replica


def test_a_step_has_the_time_of_its_batch_and_the_key_of_its_instance(replica: Replica) -> None:
    replica.commit([step(), step(key="ann"), step(key="ann")])
    replica.commit([step(key="ann")])
    assert [roll[:2] for roll in rolls(replica.engine)] == [(1_001, "")]
    assert [roll[:2] for roll in rolls(replica.engine, "ann")] == [(1_001, "ann"), (1_001, "ann"), (1_002, "ann")]


def test_an_entry_draws_from_the_seed_of_its_batch_and_its_index(replica: Replica) -> None:
    replica.commit([step(), step(key="ann"), step()])
    drawn = [roll[2:] for roll in (*rolls(replica.engine), *rolls(replica.engine, "ann"))]
    expected = []
    for index in (0, 2, 1):
        draws = Draws(entry_seed(b"seed 1", index))
        expected.append((draws.random(), draws.between(1, 7), draws.uuid()))
    assert drawn == expected
    assert len({name for _, _, name in drawn}) == 3


def test_what_an_entry_draws_does_not_depend_on_what_others_draw(replica: Replica) -> None:
    """A refused step, and one of another instance, are entries like any other: they have numbers of their own."""
    outcomes = replica.commit([step("roll_or_refuse"), step("look"), step("look")])
    assert isinstance(outcomes[0], RefusedBy)
    for index in (1, 2):
        outcome = outcomes[index]
        assert isinstance(outcome, Returned)
        assert outcome.value[2] == Draws(entry_seed(b"seed 1", index)).random()
    assert rolls(replica.engine) == []


def test_a_query_has_the_clock_of_the_node_and_a_fresh_seed(replica: Replica) -> None:
    replica.commit([step()])
    position = replica.engine.position
    first, second = (replica.query(Address("dice", "ann"), "look", ()) for _ in range(2))
    assert isinstance(first, Returned)
    assert isinstance(second, Returned)
    assert (first.value[:2], second.value[:2]) == ((1_002, "ann"), (1_003, "ann"))
    assert first.value[4] != second.value[4]
    assert replica.engine.position == position
    assert "ann" not in replica.engine.machines["dice"].keys


def test_a_query_does_not_happen_before_what_it_sees() -> None:
    clock = iter([500, 400])
    replica = Replica(MemoryJournal(), lambda: next(clock))
    replica.deploy(encode_program(dice()))
    answer = replica.query(Address("dice"), "look", ())
    assert isinstance(answer, Returned)
    assert answer.value[0] == 500


def test_a_step_never_sees_time_run_backwards() -> None:
    clock = iter([100, 300, 200, 400])
    replica = Replica(MemoryJournal(), lambda: next(clock))
    replica.deploy(encode_program(dice()))
    for _ in range(3):
        replica.commit([step()])
    assert [roll[0] for roll in rolls(replica.engine)] == [300, 300, 400]


def test_whoever_runs_a_query_that_asks_gives_it_an_occasion(replica: Replica) -> None:
    with pytest.raises(Fault, match="asks for its occasion"):
        replica.engine.query(Address("dice"), "look", ())


@given(st.lists(st.lists(st.sampled_from((None, "ann", "bob")), min_size=1, max_size=4), max_size=5))
def test_a_replay_gives_the_same_values(batches: list[list[str | None]]) -> None:
    journal = MemoryJournal()
    replica = Replica(journal)
    replica.deploy(encode_program(dice()))
    for keys in batches:
        replica.commit([step(key=key) for key in keys])
    again = Engine()
    for batch in journal.read():
        again.apply(batch.position, decode_batch(batch.payload))
    assert hashes(again) == hashes(replica.engine)
    names = [roll[4] for key in (None, "ann", "bob") for roll in rolls(again, key)]
    assert len(set(names)) == len(names)


def test_a_node_that_starts_again_has_the_same_states(tmp_path: Path) -> None:
    with closing(Replica(SqliteJournal(tmp_path))) as replica:
        replica.commit([Deploy(encode_program(dice())), step(), step(key="ann")])
        replica.commit([step(key="ann")])
        before = hashes(replica.engine)
    with closing(Replica(SqliteJournal(tmp_path))) as replica:
        replica.recover()
        assert hashes(replica.engine) == before
