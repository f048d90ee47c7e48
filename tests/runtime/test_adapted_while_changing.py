"""Clients of an old version while an upgrade is on trial, is rolled out, or brings a large map over in place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

import camshaft as cam
from camshaft import Machine, migration
from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.rollout import Rollout
from camshaft.evolution.upgrade import Upgrade
from camshaft.journal.memory import MemoryJournal
from camshaft.language.compile import compile_machine
from camshaft.runtime import stages
from camshaft.runtime.entries import Input
from camshaft.runtime.outcomes import NOTHING, Returned, StaleInput
from camshaft.runtime.replica import Replica
from camshaft.values.address import Address
from camshaft.values.types import INT
from generators import till_v1, till_v2
from generators.rollbacks import states
from generators.tills import IDS, ran, replayed

HOUR = timedelta(hours=1)
KEYS: tuple[str | None, ...] = (None, *"abcdefgh")


@dataclass(frozen=True)
class Shelf:
    count: int
    note: str


class Store(Machine):
    goods: dict[str, int] = {}

    def put(self, sku: str, count: int) -> None:
        self.goods[sku] = count

    def size(self) -> int:
        return len(self.goods)


class StoreV2(Machine, name="store"):
    goods: dict[str, Shelf] = {}

    def put(self, sku: str, count: int, note: str = "none") -> None:
        self.goods[sku] = Shelf(count, note)

    def size(self) -> int:
        return len(self.goods)


@migration
def to_shelves(was: Store) -> StoreV2:
    return StoreV2(goods={sku: Shelf(count, "old") for sku, count in was.goods.items()})


def rolled_out(rollout: Rollout) -> Replica:
    clock = iter(range(1_000_000))
    replica = Replica(MemoryJournal(), clock_us=lambda: next(clock))
    replica.deploy(encode_program(compile_machine(till_v1.Till).program))
    replica.commit([Input("till", key, "pay", (100,), IDS[0]) for key in KEYS])
    replica.upgrade(Upgrade(till_v1.Till, till_v2.Till, rollout=rollout, id="5" * 32).encode())
    return replica


def test_old_clients_are_adapted_during_a_trial_and_the_old_version_runs_their_inputs_as_they_are() -> None:
    replica = rolled_out(Rollout.trial(HOUR))
    assert ran(replica, 1, "pay", 5) == Returned(INT, 105)
    assert ran(replica, 2, "pay", 5, "a note") == Returned(INT, 110)
    assert ran(replica, 1, "take", 10) == NOTHING
    assert states(replica, "till")[None] == (100, 5, "a note")
    rollout = replica.engine.machines["till"].rollout
    assert rollout is not None
    assert rollout.failure is None
    shadow = rollout.shadows.instance(None)
    assert shadow is not None
    # Of the second input the old version has no form.
    assert shadow.state == (95, 5)
    assert replica.engine.machines["till"].uses[IDS[0]].count == 2
    assert states(replayed(replica), "till") == states(replica, "till")


def test_in_a_canary_each_instance_serves_old_clients_by_the_version_that_it_runs() -> None:
    replica = rolled_out(Rollout.canary(0.5))
    machine = replica.engine.machines["till"]
    runs = {key: machine.program_of(key).id for key in KEYS}
    assert set(runs.values()) == set(IDS[:2])
    for key, id_ in runs.items():
        assert replica.commit([Input("till", key, "pay", (5,), IDS[0])]) == [Returned(INT, 105)]
        (newer,) = replica.commit([Input("till", key, "pay", (5, "a note"), IDS[1])])
        assert newer == Returned(INT, 110) if id_ == IDS[1] else isinstance(newer, StaleInput)
    assert states(replayed(replica), "till") == states(replica, "till")


def test_adapted_inputs_use_a_large_map_while_it_is_brought_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "LARGE", 2)
    replica = Replica(MemoryJournal())
    old = compile_machine(Store).program
    replica.deploy(encode_program(old))
    for sku in "abcdef":
        replica.commit([Input("store", None, "put", (sku, 1), program_id(old))])
    replica.upgrade(Upgrade(Store, StoreV2, to_shelves).encode())
    instance = replica.engine.machines["store"].instance(None)
    assert instance is not None
    assert instance.conversions
    assert replica.commit([Input("store", None, "put", ("c", 7), program_id(old))]) == [NOTHING]
    # The adapter uses the map by key, as what it calls does: it stays on its way.
    assert instance.conversions
    assert replica.query(Address("store"), "size", (), program_id(old)) == Returned(INT, 6)
    expected = dict.fromkeys("abcdef", (1, "old")) | {"c": (7, "none")}
    assert states(replica, "store") == {None: (expected,)}
    assert states(replayed(replica), "store") == states(replica, "store")


def test_clients_of_both_versions_go_on_while_an_embedded_node_rolls_out() -> None:
    with cam.Node() as node:
        node.deploy(till_v1.Till)
        old = node.instance(till_v1.Till)
        old.pay(1)
        node.upgrade(cam.Upgrade(till_v1.Till, till_v2.Till, rollout=Rollout.trial(HOUR)))
        new = node.instance(till_v2.Till)
        assert old.pay(1) == 2
        assert new.pay(1, "a note") == 3
        assert (old.bill(), new.bill()) == (till_v1.Bill(1), till_v2.Bill(cents=1, note="a note"))
