"""A fork begins where an engine stands, and neither sees what the other does."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.rollout import ALL
from camshaft.journal.memory import MemoryJournal
from camshaft.runtime.engine import Engine
from camshaft.runtime.entries import Deploy, Entries, Entry, Input, Setting, Upgrade
from camshaft.runtime.fork import forked
from camshaft.runtime.replica import Replica
from camshaft.runtime.rollouts import report_of
from camshaft.values.codec import encode
from generators.machines import cart, counter, counter_v2, split, upgrade
from generators.rollouts import CAPPED, IDS, ONES, Clocked, terms

KEYS = ["ann", "bob", "eve", "joe"]
COUNTER, CART = program_id(counter()), program_id(cart())

inputs = st.one_of(
    st.builds(lambda key: Input("counter", key, "incr", (), COUNTER), st.sampled_from([None, "a", "b"])),
    st.builds(lambda n: Input("cart", None, "put", ("pen", n), CART), st.integers(0, 9)),
    st.builds(lambda n: Input("cart", None, "take", ("pen", n), CART), st.integers(0, 9)),
    st.builds(lambda n: Setting("counter", n), st.integers(1, 10_000)),
)
batches = st.lists(inputs, min_size=1, max_size=6)


def picture(engine: Engine) -> Any:
    return (
        engine.position,
        engine.time_us,
        {
            name: (
                machine.loaded.id,
                machine.fuel,
                [(key, encode(each.loaded.state_type, each.state)) for key, each in machine.each()],
                list(machine.history),
                list(machine.undoable),
            )
            for name, machine in engine.machines.items()
        },
    )


@given(batches, batches)
def test_a_fork_goes_on_as_the_engine_would_have_and_leaves_it_alone(before: list[Entry], after: list[Entry]) -> None:
    replica = Replica(MemoryJournal(), clock_us=lambda: 5)
    replica.commit([Deploy(encode_program(counter())), Deploy(encode_program(cart())), *before])
    engine = replica.engine
    fork = forked(engine)
    was = picture(engine)
    assert picture(fork) == was
    batch = Entries(7, b"seed", [*after, Upgrade(upgrade(counter(), counter_v2(), split()))])
    outcomes = fork.apply(fork.position, batch)
    assert picture(engine) == was
    assert engine.apply(engine.position, batch) == outcomes
    there, here = picture(fork), picture(engine)
    assert [there[:2], there[2]["cart"], there[2]["counter"][:4]] == [
        here[:2],
        here[2]["cart"],
        here[2]["counter"][:4],
    ]
    assert set(fork.catalog.programs) == set(engine.catalog.programs)


def test_a_fork_of_one_machine_has_no_other_and_new_programs_stay_unknown_to_the_engine() -> None:
    replica = Replica(MemoryJournal(), clock_us=lambda: 5)
    replica.commit([Deploy(encode_program(counter())), Deploy(encode_program(cart()))])
    fork = forked(replica.engine, "counter")
    fork.apply(fork.position, Entries(7, b"", [Upgrade(upgrade(counter(), counter_v2(), split()))]))
    assert set(fork.machines) == {"counter"}
    assert set(replica.engine.catalog.programs) == {COUNTER, CART}


@given(st.lists(st.sampled_from([*KEYS, "new"]), max_size=6), st.lists(st.sampled_from([*KEYS, "newer"]), max_size=12))
def test_a_fork_goes_on_with_a_rollout_that_is_under_way(before: list[str], after: list[str]) -> None:
    """Each counter is full at five, under the new version: some go on, some end the rollout."""
    clocked = Clocked()
    clocked.incr(KEYS * 2, ONES)
    clocked.replica.upgrade(upgrade(ONES, CAPPED, rollout=terms(ALL // 2, traps=ALL // 10, enough=20), id="b" * 32))
    clocked.incr(before, CAPPED)
    engine = clocked.replica.engine
    fork = forked(engine)
    was = deepcopy(standing(engine))
    assert standing(fork) == was
    batch = Entries(7, b"", [Input("counter", key, "incr", (), IDS["capped"]) for key in after])
    outcomes = fork.apply(fork.position, batch)
    assert standing(engine) == was
    assert engine.apply(engine.position, batch) == outcomes
    assert standing(engine) == standing(fork)


def standing(engine: Engine) -> Any:
    """The counter, and how its rollout stands."""
    machine = engine.machine("counter")
    rollout = machine.rollout
    shown = machine.loaded.id, [(key, each.loaded.id, each.state) for key, each in machine.each()], machine.history
    if rollout is None:
        return shown
    return *shown, report_of(rollout, 0), dict(rollout.shadows.states()), rollout.going_back_loses()
