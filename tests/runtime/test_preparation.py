"""What is prepared is computed once: at the upgrade, the migration runs on what has changed since."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.errors import Rejected
from camshaft.journal.memory import MemoryJournal
from camshaft.language.compile import compile_machine, compile_migration
from camshaft.runtime.entries import Entry, Input
from camshaft.runtime.preparation import Preparation
from camshaft.runtime.replica import Replica
from camshaft.values.codec import encode_raw
from generators import stores
from generators.machines import counter, upgrade
from generators.rollouts import terms

ONE, TWO = compile_machine(stores.Store).program, compile_machine(stores.Store2).program
CHANGE = upgrade(TWO, ONE, compile_migration(stores.without_e).program)
KEYS = [f"key {number}" for number in range(5)]


def put(key: str, name: str) -> Entry:
    return Input("store", key, "put", (name, 1), program_id(TWO))


def prepared() -> tuple[Replica, Preparation]:
    """Five stores of which three are prepared."""
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(TWO))
    replica.commit([put(key, "a") for key in KEYS])
    preparation = replica.prepare(CHANGE)
    assert preparation is not None
    for _ in range(3):
        assert preparation.advance()
    return replica, preparation


def test_states_are_worked_out_in_order_and_those_that_change_are_forgotten() -> None:
    replica, preparation = prepared()
    assert list(preparation.states) == KEYS[:3]
    replica.commit([put(KEYS[1], "b"), put(KEYS[4], "b"), put("new", "a")])
    assert (list(preparation.states), preparation.missing) == ([KEYS[0], KEYS[2]], 4)
    while preparation.advance():
        pass
    assert preparation.missing == 0, "that which changed after its turn was gone over again"


def test_those_that_changed_are_gone_over_again_while_they_get_fewer() -> None:
    replica, preparation = prepared()
    while preparation.advance():
        pass
    replica.commit([put(key, "b") for key in KEYS[:3]])
    assert not preparation.advance()
    assert preparation.missing == 3, "of five: they change as fast as they are gone over"
    preparation.complete()
    replica.commit([put(key, "a") for key in KEYS[:2]])
    assert preparation.advance()
    assert preparation.missing == 2, "a round begins"
    assert preparation.advance()
    replica.commit([put(KEYS[1], "b")])
    while preparation.advance():
        pass
    assert preparation.missing == 0, "one of them changed once more, in a round of two"
    replica.commit([put(KEYS[0], "b")])
    assert not preparation.advance()
    assert preparation.missing == 1, "no fewer than the round before it"


def test_a_plan_says_for_how_many_instances_inputs_would_wait() -> None:
    replica, preparation = prepared()
    preparation.close()
    planning = replica.planning(CHANGE, lambda: 0.0)
    assert planning.advance()
    replica.commit([put(key, "b") for key in KEYS[:3]])
    while planning.advance():
        pass
    assert (planning.found.held, planning.found.waits) == (0, True), "none of them changed after it was prepared"
    replica.commit([put(key, "a") for key in KEYS[2:]])
    assert not planning.advance()
    assert planning.found.held == 3
    planning.close()
    assert replica.engine.machine("store").preparation is None


def test_a_plan_fails_on_the_instance_that_the_upgrade_would_fail_on() -> None:
    replica, _ = prepared()
    replica.commit([put(KEYS[4], "e")])
    planning = replica.planning(CHANGE, lambda: 0.0)
    with pytest.raises(Rejected, match=f"fails on the instance store/{KEYS[4]}"):
        all(planning.advance() for _ in range(100))


def test_a_rollout_takes_the_states_that_are_prepared() -> None:
    replica, preparation = prepared()
    preparation.close()
    trial = upgrade(TWO, ONE, compile_migration(stores.without_e).program, rollout=terms())
    preparing = replica.prepare(trial)
    assert preparing is not None
    while preparing.advance():
        pass
    preparing.states[KEYS[0]] = ({"mark": (1, "mark")}, {}, {}, 0)
    replica.commit([put(KEYS[1], "b")])
    assert replica.upgrade(trial).migrated == 5
    states = dict(replica.engine.machine("store").states())
    assert list(states[KEYS[0]][0]) == ["mark"], "it was not computed again"
    assert list(states[KEYS[1]][0]) == ["a", "b"]


def test_an_upgrade_uses_what_is_prepared() -> None:
    replica, preparation = prepared()
    given: tuple[object, ...] = ({"mark": (1, "mark")}, {}, {}, 0)
    preparation.states[KEYS[0]] = given
    replica.commit([put(KEYS[1], "b")])
    assert replica.upgrade(CHANGE).migrated == 5
    states = dict(replica.engine.machine("store").states())
    assert states[KEYS[0]] == given, "it was not computed again"
    assert list(states[KEYS[1]][0]) == ["a", "b"]
    assert replica.engine.machine("store").preparation is None


def test_an_instance_that_comes_to_fail_makes_the_upgrade_fail() -> None:
    replica, preparation = prepared()
    replica.commit([put(KEYS[2], "e"), put(KEYS[0], "e")])
    with pytest.raises(Rejected, match=f"fails on the instance store/{KEYS[0]}"):
        replica.upgrade(CHANGE)
    assert preparation.missing > 0
    replica.commit([Input("store", key, "take", ("e",), program_id(TWO)) for key in (KEYS[2], KEYS[0])])
    assert replica.upgrade(CHANGE).migrated == 5


def test_what_was_prepared_for_another_upgrade_is_not_used() -> None:
    replica, preparation = prepared()
    preparation.states[KEYS[0]] = ({"mark": (1, "mark")}, {}, {}, 0)
    other = upgrade(TWO, ONE, compile_migration(stores.unpriced).program)
    assert replica.prepare(other) is None, "it cannot fail, so that there is nothing to prepare"
    replica.upgrade(other)
    assert list(dict(replica.engine.machine("store").states())[KEYS[0]][0]) == ["a"]
    assert not preparation.advance(), "it is the machine's no longer"


def test_an_upgrade_that_is_wrong_whatever_the_states_are_is_not_prepared() -> None:
    replica, _ = prepared()
    with pytest.raises(Rejected, match="nothing was changed"):
        replica.prepare(upgrade(ONE, counter(), compile_migration(stores.without_e).program, machine="store"))


steps = st.lists(
    st.tuples(st.just("put"), st.sampled_from([*KEYS, "new"]), st.sampled_from("abe"))
    | st.tuples(st.just("take"), st.sampled_from(KEYS), st.sampled_from("ae"))
    | st.tuples(st.just("advance"), st.integers(1, 3)),
    max_size=20,
)


@given(steps)
def test_with_a_preparation_or_without_an_upgrade_has_the_same_outcome(story: list[tuple[Any, ...]]) -> None:
    outcomes = []
    for prepares in (True, False):
        replica = Replica(MemoryJournal(), clock_us=lambda: 0, seed=lambda: b"")
        replica.deploy(encode_program(TWO))
        replica.commit([put(key, "a") for key in KEYS])
        preparation = replica.prepare(CHANGE) if prepares else None
        for what, *how in story:
            if what == "put":
                replica.commit([put(*how)])
            elif what == "take":
                replica.commit([Input("store", how[0], "take", (how[1],), program_id(TWO))])
            elif preparation is not None:
                with suppress(Rejected):
                    for _ in range(how[0]):
                        preparation.advance()
        try:
            done: Any = replica.upgrade(CHANGE)
        except Rejected as error:
            done = str(error)
        machine = replica.engine.machine("store")
        outcomes.append((done, machine.loaded.id, [(key, encode_raw(state)) for key, state in machine.states()]))
    assert outcomes[0] == outcomes[1]
