"""A rehearsal finds what would have been different, and says so; it finds nothing where nothing would have been."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.program import Program
from camshaft.errors import Rejected
from camshaft.execution.interpreter import DEFAULT_FUEL
from camshaft.journal.memory import MemoryJournal
from camshaft.runtime.entries import Deletion, Deploy, Entry, Input, Setting, Upgrade
from camshaft.runtime.findings import Findings
from camshaft.runtime.outcomes import Outcome
from camshaft.runtime.past import decoded
from camshaft.runtime.rehearsal import Rehearsal, standing_at
from camshaft.runtime.replica import Replica
from generators.machines import cart, counter, counter_v2, split, split_only_even, upgrade

ONES, TENS, PAIRS = counter(), counter(step=10), counter_v2()
V1 = program_id(ONES)


def incr(key: str | None = None) -> Input:
    return Input("counter", key, "incr", (), V1)


def journaled(*batches: list[Entry]) -> Replica:
    replica = Replica(MemoryJournal(), clock_us=lambda: 5)
    replica.commit([Deploy(encode_program(ONES))])
    for batch in batches:
        replica.commit(batch)
    return replica


def rehearsed(replica: Replica, new: Program, migrate: Program | None = None, begin: int = 0) -> Findings:
    def past(position: int) -> Any:
        return decoded(replica.journal.read(position))

    end = replica.journal.next_position
    start = standing_at(past, "counter", begin, end)
    running = start.machine("counter").loaded.verified.program
    clock = count(0, 1_000)
    return Rehearsal(start, upgrade(running, new, migrate), past, end, lambda: next(clock)).run()


def test_the_same_rules_make_no_difference() -> None:
    replica = journaled([incr(), incr("a")], [incr("a"), Input("counter", None, "trap", (), V1)])
    same = rehearsed(replica, PAIRS, split())
    assert same.methods["incr"].different == 0
    assert same.methods["trap"].differences.different.first is not None
    assert not rehearsed(journaled([incr()], [incr("a")]), TENS, begin=3).unexpected()


def test_another_answer_is_shown_with_its_position_and_both_answers() -> None:
    replica = journaled([incr("a")], [incr("a"), Input("counter", "a", "value", (), V1)])
    findings = rehearsed(replica, TENS)
    assert (findings.position, findings.end, findings.inputs) == (1, 4, 3)
    assert findings.methods["incr"].different == 0
    value = findings.methods["value"].differences.different
    assert value.count == 1
    assert value.first is not None
    assert (value.first.position, value.first.instance, value.first.was, value.first.becomes) == (
        3,
        "counter/a",
        "2",
        "20",
    )
    assert (findings.states.compared, findings.states.different) == (1, 1)
    assert (findings.states.instance, findings.states.position) == ("counter/a", 1)
    assert findings.states.differences == ["~ count: 2 -> 20"]
    text = findings.text()
    assert "  value: 1 input that the new version answers differently" in text
    assert "    it is at position 3: counter/a value" in text
    assert "    was: 2; becomes: 20" in text
    assert "fuel" in text
    assert '"position":3' in findings.json()


def test_differences_are_expected_where_they_are_allowed() -> None:
    findings = rehearsed(journaled([incr("a"), Input("counter", "a", "value", (), V1)]), TENS)
    assert findings.unexpected()
    assert findings.unexpected(["value"])
    assert findings.unexpected([], states=True)
    assert not findings.unexpected(["value"], states=True)


def test_an_input_that_the_new_version_has_no_form_of_is_counted() -> None:
    findings = rehearsed(journaled([Input("counter", None, "add", (5,), V1), incr()]), PAIRS, split())
    assert findings.methods["add"].differences.unfit.count == 1
    assert findings.methods["add"].cost.fuel_inputs == 0
    assert findings.methods["incr"].cost.fuel_inputs == 1
    assert findings.states.differences == ["~ old: 6 -> 0", "~ count: 6 -> 1"]


def test_states_are_compared_by_what_the_migration_makes_of_the_old_one() -> None:
    findings = rehearsed(journaled([incr()], [incr()]), PAIRS, split(), begin=2)
    assert findings.migrated == 1
    assert findings.states.differences == ["~ old: 2 -> 1"]
    assert findings.states.position == 2


def test_an_upgrade_that_is_not_possible_there_is_rejected_with_the_reason() -> None:
    with pytest.raises(Rejected, match="the migration fails on the instance counter: AssertionError: an odd count"):
        rehearsed(journaled([incr()]), PAIRS, split_only_even(), begin=2)
    replica = Replica(MemoryJournal())
    replica.commit([Deploy(encode_program(cart()))])
    with pytest.raises(Rejected, match="there is no machine counter"):
        rehearsed(replica, TENS)


def test_it_begins_where_the_version_that_runs_began() -> None:
    replica = journaled([incr()], [Upgrade(upgrade(ONES, TENS))], [Setting("counter", 50)], [incr()])
    findings = rehearsed(replica, PAIRS, split(), begin=1)
    assert (findings.position, findings.inputs) == (3, 1)
    assert findings.from_id == program_id(TENS)


def test_where_the_recording_ends_at_once_it_says_so() -> None:
    findings = rehearsed(journaled([incr()], [Upgrade(upgrade(ONES, TENS))]), PAIRS, split())
    assert (findings.position, findings.end) == (3, 3)
    assert "  inputs:    none: position 3 is where the recording ends\n" in findings.text()


def test_nothing_that_runs_is_touched_and_inputs_for_others_play_no_part() -> None:
    replica = journaled([incr()], [Deploy(encode_program(cart()))], [Input("cart", None, "put", ("a", 1), "0" * 64)])
    before = replica.engine.state(address())
    findings = rehearsed(replica, TENS)
    assert findings.inputs == 1
    assert replica.engine.state(address()) == before
    assert replica.journal.next_position == 4


def address() -> Any:
    from camshaft.values.address import Address

    return Address("counter")


inputs = st.one_of(
    st.builds(lambda key: incr(key), st.sampled_from([None, "a"])),
    st.builds(lambda key, n: Input("counter", key, "add", (n,), V1), st.sampled_from([None, "a"]), st.integers(0, 9)),
    st.builds(lambda key, name: Input("counter", key, name, (), V1), st.sampled_from([None, "a"]),
              st.sampled_from(["value", "refuse", "trap"])),
    st.builds(lambda n: Setting("counter", n), st.integers(1, 40)),
    st.builds(lambda key: Deletion("counter", key), st.sampled_from([None, "a"])),
)  # fmt: skip


@given(st.lists(inputs, min_size=1, max_size=12), st.integers(0, 12))
def test_what_is_found_is_what_two_nodes_would_have_told_apart(entries: list[Entry], before: int) -> None:
    """The oracle: one node goes on, the other is upgraded; each entry is a batch, as there."""
    replica = journaled(*([entry] for entry in entries))
    findings = rehearsed(replica, TENS, begin=1 + before)
    one, other = (
        journaled(*([entry] for entry in entries[:before])),
        journaled(*([entry] for entry in entries[:before])),
    )
    other.upgrade(upgrade(ONES, TENS))
    told: dict[str, list[tuple[Outcome, Outcome]]] = {}
    for entry in entries[before:]:
        was, becomes = one.commit([entry])[0], other.commit([entry])[0]
        if isinstance(entry, Input):
            told.setdefault(entry.method, []).append((was, becomes))
    assert {name: one.differences.inputs for name, one in findings.methods.items()} == {
        name: len(pairs) for name, pairs in told.items()
    }
    for name, pairs in told.items():
        assert findings.methods[name].different == len(pairs) - sum(was == becomes for was, becomes in pairs)
    states = dict(one.engine.machine("counter").states()), dict(other.engine.machine("counter").states())
    assert findings.states.compared == len(states[0] | states[1])
    assert findings.states.different == sum(states[0].get(key) != states[1].get(key) for key in states[0] | states[1])


def test_the_fuel_that_is_reported_is_the_least_that_suffices() -> None:
    replica = journaled([incr()])
    used = rehearsed(replica, TENS).methods["incr"].cost.fuel_was
    assert 0 < used < DEFAULT_FUEL
    replica.commit([Setting("counter", used)])
    assert replica.commit([incr()])[0].__class__.__name__ == "Returned"
    replica.commit([Setting("counter", used - 1)])
    assert replica.commit([incr()])[0].__class__.__name__ == "Trapped"
