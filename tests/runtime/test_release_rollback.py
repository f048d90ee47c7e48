"""A release is taken back as it was made: all of its upgrades at one position, or none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.program import Program
from camshaft.bytecode.release import Release, encode_release
from camshaft.errors import Rejected
from camshaft.journal.memory import MemoryJournal
from camshaft.runtime.catalog import Catalog
from camshaft.runtime.entries import Input, ReleaseRollback, decode_batch, encode_batch
from camshaft.runtime.outcomes import Returned, TakenBack, Void
from camshaft.runtime.replica import Replica
from camshaft.runtime.snapshot import restored, snapshot_of
from generators.machines import cart, counter, dice, merge, merge_only_even, split, upgrade
from generators.rollbacks import ONE, TWO, V1, V2, check_replicas_agree, incr, picture, running, states

CART = cart()
CART_TWO: Program = replace(CART, methods=tuple(one for one in CART.methods if one.name != "taken"))
ID = "c" * 32
BACK = "e" * 32


def released(downgrade: Program | None = None) -> Replica:
    """A replica with counters at 2 and 4 and a cart, both upgraded by a release that deployed a die."""
    replica = running()
    replica.deploy(encode_program(CART))
    replica.commit([Input("cart", None, "put", ("pen", 5), program_id(CART))])
    upgrades = (upgrade(V1, V2, split(), downgrade), upgrade(CART, CART_TWO))
    replica.release(encode_release(Release(ID, (encode_program(dice()),), upgrades)))
    return replica


def versions(replica: Replica) -> dict[str, str]:
    return {name: machine.loaded.id for name, machine in replica.engine.machines.items()}


OLD = {"counter": ONE, "cart": program_id(CART), "dice": program_id(dice())}
NEW = {"counter": TWO, "cart": program_id(CART_TWO), "dice": program_id(dice())}
WAYS = (("counter", "replay"), ("cart", "downgrade"))


@pytest.mark.parametrize(("downgrade", "way"), [(merge(), "downgrade"), (None, "replay")])
def test_all_upgrades_go_back_at_one_position_and_what_was_deployed_is_left(
    downgrade: Program | None, way: str
) -> None:
    replica = released(downgrade)
    replica.commit([incr()])
    plan = replica.plan_release_rollback(ID[:8])
    assert plan.ways == (("counter", way), ("cart", "downgrade"))
    assert (plan.left, plan.back) == (["dice"], [])
    assert "dice was deployed by the release, and is left running" in plan.text()
    assert "whose other machines stay" not in plan.text()
    position = replica.engine.position
    done = replica.rollback_release(BACK, plan.release, plan.ways)
    assert (done.id, done.position, done.left) == (ID, position, ["dice"])
    assert [(one.machine, one.way, one.position) for one in done.members] == [
        ("counter", way, position),
        ("cart", "downgrade", position),
    ]
    assert versions(replica) == OLD
    assert states(replica) == {None: (3,), "ann": (4,)}
    for name, its_way in plan.ways:
        last = replica.engine.history(name)[-1]
        assert (last.position, last.kind) == (position, "rollback")
        assert last.outcome == f"rolled back by {its_way} with release {ID[:12]}"
    check_replicas_agree(replica)
    assert isinstance(replica.commit([incr(interface=ONE)])[0], Returned)


def test_a_plan_says_what_is_lost_on_each_machine() -> None:
    replica = released()
    replica.commit([incr(), incr("ben")])
    plan = replica.plan_release_rollback(ID)
    counted = plan.members[0].inputs
    assert counted is not None
    assert counted.inputs == 2
    assert plan.members[1].loses_nothing
    assert plan.loses_nothing == plan.members[0].loses_nothing
    assert versions(replica) == NEW


def test_where_one_cannot_go_back_none_does() -> None:
    replica = released(merge_only_even())
    replica.commit([incr()])
    before = picture(replica)
    ways = (("counter", "downgrade"), ("cart", "downgrade"))
    with pytest.raises(Rejected, match=f"counter, which would go back with the release {ID[:12]}: .*; nothing"):
        replica.rollback_release(BACK, ID, ways)
    assert picture(replica) == before
    (outcome,) = replica.commit([ReleaseRollback(BACK, ID, ways)])
    assert isinstance(outcome, Void)
    assert picture(replica) == before
    check_replicas_agree(replica)


def test_the_fold_decides_at_the_position_and_not_before() -> None:
    replica = released(merge_only_even())
    ways = (("counter", "downgrade"), ("cart", "downgrade"))
    replica.engine.check_release_rollback(ID, dict(ways))
    _, outcome = replica.commit([incr(), ReleaseRollback(BACK, ID, ways)])
    assert isinstance(outcome, Void)
    assert versions(replica) == NEW


def test_a_repeated_rollback_gets_its_first_answer() -> None:
    replica = released()
    first = replica.rollback_release(BACK, ID, WAYS)
    end = replica.engine.position
    assert replica.rollback_release(BACK, ID, WAYS) == first
    assert replica.engine.position == end
    (again,) = replica.commit([ReleaseRollback(BACK, ID, WAYS)])
    assert again == first
    with pytest.raises(Rejected, match="each needs an id of its own"):
        replica.rollback_release(BACK, "d" * 32, WAYS)
    with pytest.raises(Rejected, match="no upgrade of a release cccccccccccc is in force"):
        replica.rollback_release("f" * 32, ID, WAYS)


def test_a_snapshot_keeps_what_was_answered() -> None:
    replica = released()
    done = replica.rollback_release(BACK, ID, WAYS)
    answers = restored(snapshot_of(replica.engine.catalog, replica.engine.standing), Catalog()).answers
    assert isinstance(done, TakenBack)
    assert answers.answer(BACK, ReleaseRollback(BACK, ID, WAYS).asked) == done


def test_what_has_gone_back_by_itself_stays_as_it_is() -> None:
    replica = released()
    position = replica.engine.machine("counter").undoable[-1].position
    replica.rollback("f" * 32, "counter", position, "replay", machine_only=True)
    plan = replica.plan_release_rollback(ID)
    assert (plan.ways, plan.back) == ((("cart", "downgrade"),), ["counter"])
    replica.rollback_release(BACK, plan.release, plan.ways)
    assert versions(replica) == OLD


def test_a_later_upgrade_of_one_machine_is_taken_back_first() -> None:
    replica = released()
    later = replace(V2, methods=tuple(one for one in V2.methods if one.name != "incr"))
    replica.upgrade(upgrade(V2, later))
    with pytest.raises(Rejected, match=r"counter, which would go back .* something else was changed meanwhile"):
        replica.plan_release_rollback(ID)


@pytest.mark.parametrize(
    ("release", "ways", "reason"),
    [
        ("xyz", None, "named by the first 8 to 32 hex digits"),
        ("c" * 33, None, "named by the first 8 to 32 hex digits"),
        ("d" * 32, None, "no upgrade of a release dddddddddddd is in force"),
        (ID, {"counter": "replay"}, "is in force on counter, cart, and counter would go back: all of them do, or none"),
        (ID, {"counter": "replay", "cart": "downgrade", "dice": "replay"}, "all of them do, or none"),
        (ID, {"counter": "replay", "cart": "walking"}, "there is no way back 'walking'"),
        (ID, "trial", "no rollout of counter is under way"),
    ],
)
def test_what_is_no_rollback_of_a_release_is_rejected(
    release: str, ways: dict[str, str] | str | None, reason: str
) -> None:
    replica = released()
    before = picture(replica)
    with pytest.raises(Rejected, match=reason):
        replica.engine.check_release_rollback(release, ways)
    assert picture(replica) == before


def test_two_releases_whose_ids_begin_alike_are_told_apart() -> None:
    replica = released()
    other = Release("c" * 31 + "d", (), (upgrade(dice(), replace(dice(), methods=dice().methods[:1])),))
    replica.release(encode_release(other))
    with pytest.raises(Rejected, match="2 releases have ids that begin with cccccccccccc: give more of it"):
        replica.plan_release_rollback("c" * 12)
    assert replica.plan_release_rollback(other.id).ways == (("dice", "downgrade"),)


def test_a_plan_by_replay_goes_through_a_release_that_was_taken_back() -> None:
    replica = released()
    replica.commit([incr()])
    replica.rollback_release(BACK, ID, WAYS)
    replica.commit([incr(interface=ONE)])
    replica.upgrade(upgrade(V1, V2, split(), id="a" * 32))
    replica.commit([incr()])
    whole = replica.engine.machine("counter").undoable
    assert len(whole) == 1
    plan = replica.plan_rollback("counter", "replay")
    assert plan.inputs is not None
    assert (plan.inputs.inputs, plan.inputs.different.count) == (1, 0)


def test_a_plan_by_replay_from_before_a_release_goes_through_its_rollback() -> None:
    replica = running()
    replica.deploy(encode_program(CART))
    replica.upgrade(upgrade(V1, V2, split(), id="a" * 32))
    replica.release(encode_release(Release(ID, (), (upgrade(V2, counter(step=10), merge()), upgrade(CART, CART_TWO)))))
    replica.commit([incr(interface=program_id(counter(step=10)))])
    plan = replica.plan_release_rollback(ID)
    replica.rollback_release(BACK, ID, plan.ways)
    replica.commit([incr()])
    found = replica.plan_rollback("counter", "replay")
    assert found.inputs is not None
    assert found.inputs.inputs == 2


def test_an_entry_is_read_as_it_was_written_and_no_other_is() -> None:
    entry = ReleaseRollback(BACK, ID, WAYS, "ann")
    assert decode_batch(encode_batch([entry], 1, b"s")).entries == [entry]
    for ways in ((), (("counter",),), (("counter", 1),)):
        with pytest.raises(Rejected, match="malformed: release rollback does not hold"):
            decode_batch(encode_batch([replace_ways(entry, ways)], 1, b"s"))
    replica = Replica(MemoryJournal())
    (outcome,) = replica.commit([ReleaseRollback(BACK, "no id", WAYS)])
    assert isinstance(outcome, Void)


def replace_ways(entry: ReleaseRollback, ways: object) -> ReleaseRollback:
    return ReleaseRollback(entry.id, entry.release, ways)  # type: ignore[arg-type]  # what a damaged journal holds
