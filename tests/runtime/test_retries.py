"""A repeated input is answered and not run: a journal with repetitions means what it means without them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.errors import Rejected
from camshaft.journal.memory import MemoryJournal
from camshaft.runtime.catalog import Catalog
from camshaft.runtime.entries import Entry, Input, Rollback, Upgrade
from camshaft.runtime.fork import forked
from camshaft.runtime.outcomes import NOTHING, Outcome, RefusedBy, Returned, StaleInput, Trapped
from camshaft.runtime.past import past_of
from camshaft.runtime.recovery import Link, engine_at, frames
from camshaft.runtime.replica import Replica
from camshaft.runtime.retries import KNOWN_FOR_US, MOST_BYTES, MOST_KEYS, First, Retries
from camshaft.runtime.slicing import cut_before, sliced
from camshaft.runtime.snapshot import restored, snapshot_of
from camshaft.values.codec import encode
from camshaft.values.types import STR
from generators.journals import Held
from generators.machines import cart, counter, counter_v2, merge, split, upgrade
from generators.rollouts import ONES, TENS, Clocked, terms

V1, V2, CART = program_id(counter()), program_id(counter_v2()), program_id(cart())
MINUTE_US = 60_000_000


@dataclass
class Clock:
    us: int = 1

    def __call__(self) -> int:
        return self.us


def running(clock: Clock | None = None) -> Replica:
    replica = Replica(MemoryJournal(), clock_us=clock or Clock(), seed=lambda: b"")
    replica.deploy(encode_program(counter()))
    replica.deploy(encode_program(cart()))
    return replica


def recovered(replica: Replica) -> Replica:
    """The same from its journal."""
    memory = MemoryJournal()
    for batch in replica.journal.read():
        memory.append(batch.position, batch.count, batch.payload)
    again = Replica(memory, replica._clock_us, replica._seed)
    again.recover()
    return again


def from_a_snapshot(replica: Replica) -> Replica:
    """The same from a journal that begins with its state as late as can be."""
    source = Held.of(replica.journal)
    memory = MemoryJournal()
    for batch in sliced(source, cut_before(source, past_of(source), source.end), past_of(source)):
        memory.append(batch.position, batch.count, batch.payload)
    again = Replica(memory, replica._clock_us, replica._seed)
    again.recover()
    return again


def from_a_snapshot_beside(replica: Replica) -> Replica:
    """The same from a snapshot of its state and its own journal."""
    again = recovered(replica)
    again.engine, _ = engine_at(frames(replica.engine, Link(0, 0)), again.engine.past)
    return again


def states(replica: Replica) -> Any:
    return {
        name: (
            machine.loaded.id,
            [(key, encode(each.loaded.state_type, each.state)) for key, each in machine.each()],
        )
        for name, machine in replica.engine.machines.items()
    }


# ---- any journal ---------------------------------------------------------------------------------------------------


@dataclass
class Model:
    """Which inputs are repetitions, found by looking at all inputs that were ever run with a key."""

    run: list[tuple[str, str, int, Any, Outcome]] = field(default_factory=list)
    """Machine, key, time, what was asked for, what became of it."""

    def first(self, entry: Input, time_us: int) -> tuple[Any, Outcome] | None:
        for machine, key, then_us, asked, outcome in reversed(self.run):
            if (machine, key) == (entry.machine, entry.idempotency) and then_us >= time_us - KNOWN_FOR_US:
                return asked, outcome
        return None


def asked(entry: Input) -> Any:
    return entry.key, entry.method, entry.arguments


CALLS = [
    ("counter", "incr", (), V1),
    ("counter", "add", (3,), V1),
    ("counter", "add", (4,), V1),
    ("counter", "refuse", (), V1),
    ("counter", "trap", (), V1),
    ("counter", "value", (), V1),
    ("counter", "incr", (), V2),
    ("counter", "add", (3, "why"), V2),
    ("cart", "put", ("pen", 2), CART),
    ("cart", "take", ("pen", 1), CART),
    ("cart", "take", ("pen", 2**70), CART),
]
inputs = st.builds(
    lambda call, key, id_: Input(call[0], key, call[1], call[2], call[3], idempotency=id_),
    st.sampled_from(CALLS),
    st.sampled_from([None, "a"]),
    st.sampled_from([None, "k", "l", "m"]),
)
CHANGES = ["upgrade", "downgrade", "replay", "restart", "snapshot", "beside"]
steps = st.lists(
    st.lists(inputs, min_size=1, max_size=5) | st.sampled_from(CHANGES) | st.sampled_from([MINUTE_US, 40 * MINUTE_US]),
    max_size=14,
)


@given(steps)
def test_a_journal_with_repetitions_means_what_it_means_without_them(plan: list[Any]) -> None:
    clock, model = Clock(), Model()
    replica, without = running(clock), running(clock)
    for number, step in enumerate(plan):
        if isinstance(step, int):
            clock.us += step
        elif step == "restart":
            replica = recovered(replica)
        elif step == "beside":
            replica = from_a_snapshot_beside(replica)
        elif step == "snapshot":
            replica, without = from_a_snapshot(replica), from_a_snapshot(without)
        elif isinstance(step, str):
            changes = [one.commit([changed(one, step, number)]) for one in (replica, without)]
            assert type(changes[0][0]) is type(changes[1][0])
        else:
            told = replica.commit(step)
            for entry, outcome in zip(step, told, strict=True):
                assert outcome == expected(model, without, entry, clock.us), entry
        assert states(replica) == states(without)


def expected(model: Model, without: Replica, entry: Input, time_us: int) -> Any:
    """What should become of an input; one that is no repetition is run where there are none."""
    # For a version that never ran, nothing runs, and nothing is remembered.
    is_keyed = entry.idempotency is not None and entry.interface in without.engine.catalog.programs
    first = model.first(entry, time_us) if is_keyed else None
    if first is None:
        (outcome,) = without.commit([replace(entry, idempotency=None)])
        if entry.idempotency is not None and is_keyed:
            model.run.append((entry.machine, entry.idempotency, time_us, asked(entry), outcome))
        return outcome
    if first[0] != asked(entry):
        return StaleWithReason("was used for another call")
    return first[1]


@dataclass(frozen=True)
class StaleWithReason:
    part: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StaleInput) and self.part in other.reason

    def __hash__(self) -> int:
        return hash(self.part)


def changed(replica: Replica, change: str, number: int) -> Entry:
    """An upgrade to the other version, or a rollback of the last one."""
    machine = replica.engine.machine("counter")
    id_ = f"{number:032x}"
    if change == "upgrade":
        forward = machine.loaded.id == V1
        pair = (counter(), counter_v2()) if forward else (counter_v2(), counter())
        ways = (split(), merge()) if forward else (merge(), split())
        return Upgrade(upgrade(*pair, *ways, id=id_))
    undone = machine.undoable[-1].position if machine.undoable else 0
    return Rollback(id_, "counter", undone, change)


# ---- what is repeated ----------------------------------------------------------------------------------------------


def once(id_: str, method: str = "incr", *arguments: Any, key: str | None = None) -> Input:
    return Input("counter", key, method, arguments, V1, idempotency=id_)


def count(replica: Replica, key: str | None = None) -> int:
    instance = replica.engine.machine("counter").instance(key)
    return 0 if instance is None else instance.state[-1]


def test_a_repeated_input_of_one_batch_is_run_once() -> None:
    replica = running()
    assert replica.commit([once("k"), once("k"), once("l")]) == [NOTHING, NOTHING, NOTHING]
    assert count(replica) == 2


@pytest.mark.parametrize(("method", "kind"), [("refuse", RefusedBy), ("trap", Trapped)])
def test_a_refusal_and_a_trap_are_answers_too(method: str, kind: type[Outcome]) -> None:
    replica = running()
    (first,) = replica.commit([once("k", method)])
    replica.upgrade(upgrade(counter(), counter_v2(), split()))
    assert isinstance(first, kind)
    assert replica.commit([once("k", method)]) == [first]
    assert from_a_snapshot(replica).commit([once("k", method)]) == [first]


def test_another_call_with_the_key_is_not_run_and_says_so() -> None:
    replica = running()
    replica.commit([once("k", "add", 5)])
    others = [once("k", "add", 6), once("k", "add", 5, key="a"), once("k")]
    for outcome in replica.commit(others):
        assert outcome == StaleWithReason("the key 'k' was used for another call, of add")
    assert (count(replica), count(replica, "a")) == (5, 0)
    assert replica.commit([once("k", "add", 5)]) == [NOTHING], "and what the key means has not changed"


def test_each_machine_has_keys_of_its_own() -> None:
    replica = running()
    replica.commit([once("k"), Input("cart", None, "put", ("pen", 1), CART, idempotency="k")])
    assert states(replica)["cart"][1] == [(None, encode(restored_type(replica), ({"pen": 1}, 0)))]


def restored_type(replica: Replica) -> Any:
    return replica.engine.machine("cart").loaded.state_type


def test_a_rollback_by_replay_runs_no_repetition_not_even_of_what_came_before_the_upgrade() -> None:
    replica = running()
    replica.commit([once("k", "add", 5)])
    replica.upgrade(upgrade(counter(), counter_v2(), split()))
    undone = replica.engine.position - 1
    replica.commit([once("k", "add", 5), Input("counter", None, "incr", (), V2, idempotency="l")])
    replica.commit([once("l"), once("m", key="a"), once("m", key="a")])
    for node in (recovered(replica), from_a_snapshot_beside(replica)):
        assert node.plan_rollback("counter", "replay").way == "replay"
        node.rollback("0" * 32, "counter", undone, "replay")
        assert (count(node), count(node, "a")) == (6, 1)
        assert node.commit([once("k", "add", 5), once("m", key="a")]) == [NOTHING, NOTHING]
        assert (count(node), count(node, "a")) == (6, 1)


def test_what_an_old_version_answered_is_answered_whatever_runs_now() -> None:
    replica = running()
    replica.commit([once("l", "add", 7), once("k", "value")])
    replica.upgrade(upgrade(counter(), counter_v2(), split()))
    replica.commit([Input("counter", None, "incr", (), V2)])
    for node in (replica, recovered(replica), from_a_snapshot(replica)):
        (again,) = node.commit([once("k", "value")])
        assert isinstance(again, Returned)
        assert again.value == 7


def test_a_trial_counts_no_repetition_and_going_back_from_it_runs_none() -> None:
    clocked = Clocked()
    clocked.incr(["a"], ONES)
    clocked.replica.upgrade(upgrade(ONES, TENS, rollout=terms(), id=clocked.new_id()))
    repeated = Input("counter", "a", "incr", (), program_id(TENS), idempotency="k")
    assert clocked.commit(repeated, repeated) == [NOTHING, NOTHING]
    rollout = clocked.replica.engine.machine("counter").rollout
    assert rollout is not None
    assert rollout.health.inputs == 1
    assert clocked.states == {"a": (11,)}
    undone = clocked.replica.engine.check_rollback("counter").undoable.position
    clocked.replica.rollback(clocked.new_id(), "counter", undone, "trial")
    for replica in (clocked.replica, clocked.again()):
        assert count(replica, "a") == 2
    assert clocked.commit(repeated) == [NOTHING]
    assert clocked.states == {"a": (2,)}


def test_a_fork_knows_the_keys_and_goes_its_own_way() -> None:
    replica = running()
    replica.commit([once("k")])
    fork = forked(replica.engine)
    assert fork.machine("counter").retries.get("k") == replica.engine.machine("counter").retries.get("k")
    replica.commit([once("l")])
    assert fork.machine("counter").retries.get("l") is None


# ---- how long a key is known ---------------------------------------------------------------------------------------


def first(time_us: int = 0, value: bytes | None = None) -> First:
    return First(b"asked", V1, "incr", time_us, NOTHING if value is None else Returned(STR, None), value)


def test_a_key_is_known_for_an_hour_of_the_journal() -> None:
    clock = Clock()
    replica = running(clock)
    replica.commit([once("k")])
    clock.us += KNOWN_FOR_US
    replica.commit([once("k")])
    assert count(replica) == 1
    clock.us += 1
    replica.commit([once("k")])
    assert count(replica) == 2


def test_the_oldest_keys_are_forgotten_beyond_a_number() -> None:
    retries = Retries()
    for number in range(MOST_KEYS + 1):
        retries.remember(str(number), first())
    assert len(retries) == MOST_KEYS
    assert retries.get("0") is None
    assert retries.get("1") is not None


def test_the_oldest_keys_are_forgotten_beyond_a_size_but_never_the_last_one() -> None:
    retries = Retries()
    half = bytes(MOST_BYTES // 2)
    for key in "abc":
        retries.remember(key, first(value=half))
    assert [key for key in "abc" if retries.get(key)] == ["b", "c"]
    retries.remember("d", first(value=bytes(MOST_BYTES + 1)))
    assert [key for key in "abcd" if retries.get(key)] == ["d"]
    said = Trapped("KeyError", "x" * (MOST_BYTES + 1))
    retries.remember("e", First(b"asked", V1, "trap", 0, said, None))
    assert [key for key in "abcde" if retries.get(key)] == ["e"]
    retries.remember("f", first())
    assert [key for key in "abcdef" if retries.get(key)] == ["f"]


# ---- snapshots -----------------------------------------------------------------------------------------------------


def test_a_snapshot_holds_what_became_of_them_all() -> None:
    replica = running()
    put = Input("cart", "x", "put", ("pen", 2), CART, idempotency="p")
    replica.commit([once("k"), once("r", "refuse"), once("t", "trap"), once("v", "value"), put])
    standing = restored(snapshot_of(replica.engine.catalog, replica.engine.standing), Catalog())
    for name, machine in replica.engine.machines.items():
        assert standing.machines[name].retries.rows() == machine.retries.rows() != []


def test_a_snapshot_without_keys_is_as_it_was_before_there_were_any() -> None:
    replica = running()
    replica.commit([Input("counter", None, "incr", (), V1)])
    assert b"retries" not in snapshot_of(replica.engine.catalog, replica.engine.standing)


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"returned", b"returnee"), (b"\xa5value", b"\xa5walue"), (b"counter", b"counted")],
    ids=["kind", "method", "machine"],
)
def test_answers_that_are_none_are_rejected(old: bytes, new: bytes) -> None:
    replica = running()
    replica.commit([once("k", "value")])
    data = snapshot_of(replica.engine.catalog, replica.engine.standing)
    begin = data.rindex(b"retries")
    assert old in data[begin:]
    with pytest.raises(Rejected):
        restored(data[:begin] + data[begin:].replace(old, new), Catalog())


class Anonymous:
    """A rewriter that changes everything that names somebody."""

    def key(self, machine: str, key: str) -> str:
        return f"{machine}-{key}"

    def retry(self, key: str) -> str:
        return f"retry-{key}"

    def value(self, type_: Any, value: Any) -> Any:
        return value


def test_an_anonymous_slice_knows_repetitions_by_other_keys() -> None:
    replica = running()
    replica.commit([once("ann", "add", 5, key="a"), once("t", "trap")])
    replica.commit([once("ann", "add", 5, key="a"), once("bob", key="a")])
    replica.commit([once("bob", key="a")])
    source = Held.of(replica.journal)
    for begin in (0, 4, 6):
        memory = MemoryJournal()
        for batch in sliced(source, begin, past_of(source), Anonymous()):
            assert b"\xa3ann" not in batch.payload
            memory.append(batch.position, batch.count, batch.payload)
        again = Replica(memory)
        again.recover()
        assert count(again, "counter-a") == 6
        retries = again.engine.machine("counter").retries
        assert [key for key, *_ in retries.rows()] == ["retry-ann", "retry-t", "retry-bob"]
