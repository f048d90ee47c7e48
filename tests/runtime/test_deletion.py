"""A deleted instance is gone, at each replay, and on every way back; the model tests have it among all else."""

from __future__ import annotations

import pytest

import camshaft as cam
from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.errors import Rejected
from camshaft.journal.memory import MemoryJournal
from camshaft.runtime.deletion import delete
from camshaft.runtime.entries import Deletion, Input
from camshaft.runtime.fork import forked
from camshaft.runtime.outcomes import Deleted, Void
from camshaft.runtime.replica import Replica
from camshaft.runtime.showing import shown
from camshaft.values.address import Address
from generators.machines import counter, counter_v2, merge, merge_only_even, split, upgrade
from generators.shop import Shop

ONE, TWO = counter(), counter_v2()


def incr(replica: Replica, *keys: str | None) -> None:
    replica.commit([Input("counter", key, "incr", (), replica.engine.machine("counter").loaded.id) for key in keys])


def states(replica: Replica) -> dict[str | None, tuple[int, ...]]:
    return dict(replica.engine.machine("counter").states())


@pytest.fixture
def replica() -> Replica:
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(ONE))
    incr(replica, None, "ann", "ann", "bob")
    return replica


def recovered(replica: Replica) -> Replica:
    again = Replica(replica.journal)
    again.recover()
    return again


def test_the_next_input_begins_from_the_initial_state(replica: Replica) -> None:
    assert replica.delete(Address("counter", "ann")) == Deleted("counter", "ann", 5)
    assert states(recovered(replica)) == states(replica) == {None: (1,), "bob": (1,)}
    incr(replica, "ann")
    assert list(states(recovered(replica)).items()) == [(None, (1,)), ("bob", (1,)), ("ann", (1,))]
    assert shown(Deleted("counter", "ann", 5)) == "Deleted counter/ann at position 5"


def test_what_is_not_there_is_rejected_and_void_in_the_fold(replica: Replica) -> None:
    with pytest.raises(Rejected, match="there is no instance counter/eve; nothing was changed"):
        replica.delete(Address("counter", "eve"))
    with pytest.raises(Rejected, match="there is no machine cart"):
        replica.delete(Address("cart"))
    outcomes = replica.commit([Deletion("counter", "eve"), Deletion("cart", None), Deletion("counter", "ann")])
    assert [type(outcome) for outcome in outcomes] == [Void, Void, Deleted]
    assert isinstance(replica.commit([Deletion("counter", "ann")])[0], Void)


@pytest.mark.parametrize("way", ["replay", "downgrade"])
def test_a_rollback_by_replay_comes_to_the_deletion_again_and_one_by_downgrade_leaves_it_deleted(
    replica: Replica, way: str
) -> None:
    replica.upgrade(upgrade(ONE, TWO, split(), merge()))
    replica.delete(Address("counter", "ann"))
    incr(replica, "bob")
    plan = replica.plan_rollback("counter", "replay")
    assert plan.inputs is not None
    assert (plan.inputs.inputs, plan.inputs.instances) == (1, 0)
    replica.rollback("0" * 32, "counter", plan.undone, way)
    assert states(replica) == states(recovered(replica)) == {None: (1,), "bob": (2,)}


def test_a_fork_is_not_changed(replica: Replica) -> None:
    fork = forked(replica.engine)
    delete(fork.machines, Deletion("counter", "ann"), 0)
    assert "ann" in states(replica)
    assert "ann" not in dict(fork.machine("counter").states())


def test_a_preparation_forgets_it_and_sees_it_when_it_came_again() -> None:
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(TWO))
    incr(replica, *("ann", "bob") * 2)
    proposal = upgrade(TWO, ONE, merge_only_even())
    preparation = replica.prepare(proposal)
    assert preparation is not None
    while preparation.advance():
        pass
    replica.delete(Address("counter", "ann"))
    incr(replica, *("eve", "ann") * 2)
    preparation.complete()
    assert preparation.missing == 0
    assert replica.upgrade(proposal).to_id == program_id(ONE)
    assert states(replica) == {"bob": (2,), "eve": (2,), "ann": (2,)}


def test_an_instance_of_a_node_in_this_process_is_deleted() -> None:
    with cam.Node() as node:
        node.deploy(Shop)
        shop = node.instance(Shop, "a")
        shop.put("tea")
        assert node.delete("shop/a").position == 2
        assert shop.goods() == {}
        with pytest.raises(Rejected, match="there is no instance shop/a"):
            node.delete("shop/a")
