"""The fold: what each kind of entry does, and that nothing else does anything."""

from __future__ import annotations

import pytest

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.errors import AssertionFailed, Fault, Refused, Rejected, Stale
from camshaft.runtime import entries
from camshaft.runtime.engine import Engine
from camshaft.runtime.entries import Deploy, Entries, Entry, Input
from camshaft.runtime.instances import HistoryRecord
from camshaft.runtime.outcomes import (
    NOTHING,
    Deployed,
    Outcome,
    RefusedBy,
    Returned,
    StaleInput,
    Trapped,
    Upgraded,
    Void,
    error_of,
)
from camshaft.values.address import Address
from camshaft.values.types import INT
from generators.machines import CART_STATE, COUNTER_STATE, OUT_OF_STOCK, cart, counter, counter_v2, split, upgrade

COUNTER, CART = Address("counter"), Address("cart", "ann")
V1 = program_id(counter())


def apply(engine: Engine, *batch: Entry, time_us: int = 0) -> list[Outcome]:
    return engine.apply(engine.position, Entries(time_us, b"", batch))


@pytest.fixture
def engine() -> Engine:
    engine = Engine()
    apply(engine, Deploy(encode_program(counter())), Deploy(encode_program(cart())), time_us=5)
    return engine


def call(method: str, *arguments: object, key: str | None = None, interface: str = V1) -> Input:
    return Input("counter", key, method, arguments, interface)


def take(method: str, *arguments: object, key: str | None = "ann") -> Input:
    return Input("cart", key, method, arguments, program_id(cart()))


# ---- inputs --------------------------------------------------------------------------------------------------------


def test_inputs_run_in_order_and_each_has_its_outcome(engine: Engine) -> None:
    assert apply(engine, call("incr"), call("add", 5), call("value"), call("incr", key="a")) == [
        NOTHING,
        NOTHING,
        Returned(INT, 6),
        NOTHING,
    ]
    assert engine.position == 6
    assert engine.state(COUNTER) == (COUNTER_STATE, (6,))
    assert engine.state(Address("counter", "a")) == (COUNTER_STATE, (1,))


@pytest.mark.parametrize(
    ("method", "outcome"),
    [
        ("refuse", RefusedBy("Never", COUNTER_STATE, (-1,))),
        ("trap", Trapped("AssertionError", "no")),
    ],
)
def test_a_refused_or_trapped_step_leaves_the_state_alone(engine: Engine, method: str, outcome: Outcome) -> None:
    """Both methods write before they fail; the refusal's payload proves that they did."""
    apply(engine, call("add", 7))
    state = engine.state(COUNTER)[1]
    assert apply(engine, call(method)) == [outcome]
    assert engine.state(COUNTER)[1] == state
    assert apply(engine, call(method, key="absent")) == [outcome]
    assert list(engine.machine("counter").keys) == [None], "and makes no instance"


def test_a_refusal_carries_its_fields(engine: Engine) -> None:
    left = apply(engine, take("put", "apple", 3), take("take", "apple", 2), take("take", "apple", 2))
    assert left == [NOTHING, Returned(INT, 1), RefusedBy("OutOfStock", OUT_OF_STOCK, ("apple", 1))]
    assert engine.state(CART) == (CART_STATE, ({"apple": 1}, 2))


def test_a_missing_key_traps_in_one_instance_and_not_in_another(engine: Engine) -> None:
    apply(engine, take("put", "apple", 3))
    there, absent = apply(engine, take("left", "apple"), take("left", "apple", key="bob"))
    assert there == Returned(INT, 3)
    assert isinstance(absent, Trapped)
    assert absent.kind == "KeyError"


def test_an_input_for_a_machine_that_is_not_there_is_stale(engine: Engine) -> None:
    assert apply(engine, Input("nobody", None, "incr", (), V1)) == [StaleInput("there is no machine nobody")]


def test_an_input_for_a_program_that_never_ran_is_stale(engine: Engine) -> None:
    (outcome,) = apply(engine, call("incr", interface="f" * 64))
    assert outcome == StaleInput("the input was made for program ffffffffffff, which never ran here")


def test_an_input_of_a_method_that_its_own_interface_does_not_have_is_stale(engine: Engine) -> None:
    assert apply(engine, call("reset")) == [StaleInput("counter has no method reset")]


def test_an_old_input_after_an_upgrade_fits_or_is_stale(engine: Engine) -> None:
    change = entries.Upgrade(upgrade(counter(), counter_v2(), split()))
    _, upgraded, incr, add, value = apply(engine, call("add", 3), change, call("incr"), call("add", 10), call("value"))
    assert isinstance(upgraded, Upgraded)
    assert incr == NOTHING
    assert isinstance(add, StaleInput)
    assert add.reason.endswith("add takes (n: int, why: str) now, not (n: int)")
    assert value == Returned(INT, 4)
    assert engine.state(COUNTER)[1] == (3, 4)


def test_a_batch_out_of_order_is_a_fault(engine: Engine) -> None:
    with pytest.raises(Fault, match="a batch at position 7 was to be applied at position 2"):
        engine.apply(7, Entries(0, b"", [call("incr")]))


# ---- deployments ---------------------------------------------------------------------------------------------------


def test_a_machine_is_deployed_once(engine: Engine) -> None:
    assert apply(engine, Deploy(encode_program(counter()))) == [Deployed("counter", V1)]
    assert engine.history("counter") == [HistoryRecord(0, 5, "deploy", "", V1, "deployed", 0)]


def test_another_program_is_not_deployed_over_a_machine(engine: Engine) -> None:
    apply(engine, call("incr"))
    (outcome,) = apply(engine, Deploy(encode_program(counter(step=2))))
    assert isinstance(outcome, Void)
    assert outcome.reason.startswith(f"counter runs already (program {V1[:12]}): an upgrade replaces it by ")
    assert engine.machine("counter").loaded.id == V1
    assert engine.state(COUNTER)[1] == (1,)


def test_bytes_that_are_no_program_deploy_nothing(engine: Engine) -> None:
    (outcome,) = apply(engine, Deploy(b"\x00"))
    assert isinstance(outcome, Void)
    assert set(engine.machines) == {"counter", "cart"}


def test_a_generation_ends_with_each_change_of_programs(engine: Engine) -> None:
    before = engine.generation
    apply(engine, call("incr"), Deploy(encode_program(counter())), entries.Upgrade(b"none"))
    assert engine.generation == before
    apply(engine, entries.Upgrade(upgrade(counter(), counter(step=2))))
    assert engine.generation == before + 1


# ---- questions -----------------------------------------------------------------------------------------------------


def test_a_query_on_an_absent_instance_sees_the_initial_state_and_creates_nothing(engine: Engine) -> None:
    absent = Address("counter", "absent")
    assert engine.query(absent, "value", ()) == Returned(INT, 0)
    assert apply(engine, call("value", key="absent")) == [Returned(INT, 0)]
    assert engine.state(absent) == (COUNTER_STATE, (0,))
    assert engine.machine("counter").page(0, 10) == (0, [])


def test_a_query_sees_what_was_applied_and_may_trap(engine: Engine) -> None:
    apply(engine, take("put", "apple", 3))
    assert engine.query(CART, "left", ("apple",)) == Returned(INT, 3)
    trapped = engine.query(CART, "left", ("pear",))
    assert isinstance(trapped, Trapped)


def test_a_command_is_not_run_as_a_query(engine: Engine) -> None:
    with pytest.raises(Rejected, match=r"counter\.incr is a command"):
        engine.query(COUNTER, "incr", ())
    assert engine.state(COUNTER)[1] == (0,)


def test_a_prepared_call_knows_its_types_and_its_interface(engine: Engine) -> None:
    prepared = engine.prepare(COUNTER, "add")
    assert (prepared.interface, prepared.is_query, prepared.method.name) == (V1, False, "add")
    assert prepared.domain.fields == (("n", INT),)
    assert engine.prepare(CART, "left").is_query


def test_what_is_not_there_is_rejected_with_what_is(engine: Engine) -> None:
    with pytest.raises(Rejected, match=r"there is no machine nobody \(this node runs cart, counter\)"):
        engine.prepare(Address("nobody"), "incr")
    with pytest.raises(Rejected, match="counter has no method 'inrc'; it has add, incr, refuse, trap, value"):
        engine.prepare(COUNTER, "inrc")
    with pytest.raises(Rejected, match="this node runs no machine yet"):
        Engine().state(COUNTER)


@pytest.mark.parametrize("size", [1, 3, 10, 11])
def test_instances_are_listed_in_pages_each_once(engine: Engine, size: int) -> None:
    keys = [f"key/{n}" for n in range(10)]
    apply(engine, *(call("incr", key=key) for key in keys))
    seen: list[Address] = []
    cursor, page = engine.machine("counter").page(0, size)
    while cursor:
        assert len(page) == size
        seen += page
        apply(engine, call("incr", key=keys[0]))  # an old instance keeps its place
        cursor, page = engine.machine("counter").page(cursor, size)
    assert seen + page == [Address("counter", key) for key in keys]
    assert engine.machine("counter").page(1000, size) == (0, [])


# ---- outcomes ------------------------------------------------------------------------------------------------------


def test_an_outcome_that_is_no_success_is_the_error_of_its_class() -> None:
    refused = error_of(RefusedBy("Never", COUNTER_STATE, (1,)))
    assert isinstance(refused, Refused)
    assert (refused.name, refused.payload) == ("Never", (1,))
    assert isinstance(error_of(Trapped("AssertionError", "no")), AssertionFailed)
    assert isinstance(error_of(StaleInput("old")), Stale)
    assert type(error_of(Void("no"))) is Rejected
