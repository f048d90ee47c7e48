"""What is kept of an upgrade for the way back: the states as bytes, and of so many upgrades only."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from camshaft.bytecode.encoding import encode_program
from camshaft.category.terms import Project
from camshaft.journal.memory import MemoryJournal
from camshaft.runtime.replica import Replica
from camshaft.runtime.undoable import MOST_KEPT, Kept
from camshaft.values.types import FLOAT, INT, STR, List, Map, Record, Set
from generators.machines import counter, counter_v2, migration, split, upgrade

STATE = Record(
    (("count", INT), ("names", Map(STR, List(INT))), ("tags", Set(STR)), ("ratio", FLOAT)),
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
states = st.tuples(
    st.integers(-(2**80), 2**80),
    st.dictionaries(texts, st.lists(st.integers(), max_size=3), max_size=3),
    st.dictionaries(texts, st.just(()), max_size=3),
    st.floats(allow_nan=False),
)


@given(st.dictionaries(st.none() | texts, states, max_size=5), st.randoms(use_true_random=False))
def test_states_come_back_as_they_were_in_their_order(
    given_: dict[str | None, tuple[object, ...]], random: Random
) -> None:
    order = list(given_)
    kept = Kept(STATE, len(order))
    for key in random.sample(order, len(order)):
        kept.add(key, given_[key])
    found = list(kept.states([*order, "one that came later"]))
    assert found == list(given_.items())
    assert [list(state[1]) for _, state in found] == [list(state[1]) for state in given_.values()]  # type: ignore[call-overload]


def test_only_an_upgrade_that_changes_states_keeps_them() -> None:
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(counter()))
    replica.upgrade(upgrade(counter(), counter(step=2)))
    replica.upgrade(upgrade(counter(step=2), counter_v2(), split()))
    plain, migrated = replica.engine.machines["counter"].undoable
    assert (plain.ways, plain.kept) == (("downgrade",), None)
    assert migrated.ways == ("replay",)
    assert migrated.kept is not None
    assert list(migrated.kept.states([])) == []


def test_what_is_forgotten_is_kept_no_more() -> None:
    kept = Kept(STATE, 2)
    kept.add("a", (0, {}, {}, 0.0))
    keeper = kept.keeper("a", 1)
    kept.forget()
    kept.add("b", (0, {}, {}, 0.0))
    keeper.keep(keeper.encoded({"x": [1]}))
    assert (kept.is_wanted, keeper.kept) == (False, [])


def test_the_states_before_all_but_the_last_upgrades_are_let_go() -> None:
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(counter()))
    same = migration(counter().state, counter().state, Project("was"))
    for step in range(1, MOST_KEPT + 4):
        replica.upgrade(upgrade(counter(step=step), counter(step=step + 1), same))
    ways = [each.ways for each in replica.engine.machines["counter"].undoable]
    assert ways == [()] * 3 + [("replay",)] * MOST_KEPT
