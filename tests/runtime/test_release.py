"""A release is one record: all members at one position, or none; replicas and slices agree on it."""

from __future__ import annotations

import pytest

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.program import Program
from camshaft.bytecode.release import Release, encode_release
from camshaft.errors import Rejected
from camshaft.runtime.entries import Input
from camshaft.runtime.entries import Release as ReleaseEntry
from camshaft.runtime.outcomes import Member, Released, Returned, RolledBack, Void
from camshaft.runtime.replica import Replica
from generators.machines import cart, counter, dice, merge, split, split_only_even, upgrade
from generators.rollbacks import ONE, TWO, V1, V2, check_replicas_agree, incr, picture, running, states

CART = cart()
ID = "c" * 32


def both() -> Replica:
    """A replica with counters at 2 and 4, and a cart."""
    replica = running()
    replica.deploy(encode_program(CART))
    replica.commit([Input("cart", None, "put", ("pen", 5), program_id(CART))])
    return replica


def cart_v2() -> Program:
    """The cart with other notes and one more rule: its text has another name."""
    from dataclasses import replace

    return replace(CART, methods=tuple(one for one in CART.methods if one.name != "taken"))


def release(*upgrades: bytes, new: tuple[Program, ...] = (), requires: tuple[tuple[str, str], ...] = ()) -> bytes:
    return encode_release(Release(ID, tuple(map(encode_program, new)), upgrades, requires))


def test_all_members_change_at_one_position() -> None:
    replica = both()
    position = replica.engine.position
    done = replica.release(release(upgrade(V1, V2, split()), upgrade(CART, cart_v2()), new=(dice(),)))
    assert done.position == position
    assert done.members == [
        Member("dice", "", program_id(dice()), 0),
        Member("counter", ONE, TWO, 2),
        Member("cart", program_id(CART), program_id(cart_v2()), 0),
    ]
    assert states(replica) == {None: (2, 2), "ann": (4, 4)}
    for name in ("counter", "cart"):
        last = replica.engine.history(name)[-1]
        assert (last.position, last.kind, last.outcome) == (position, "upgrade", f"upgraded in release {ID[:12]}")
    assert replica.engine.history("dice")[0].outcome == f"deployed in release {ID[:12]}"
    check_replicas_agree(replica)


def test_where_one_member_fails_no_other_changes() -> None:
    replica = both()
    replica.commit([incr(interface=ONE)])
    before = picture(replica)
    odd = release(upgrade(CART, cart_v2()), upgrade(V1, V2, split_only_even()), new=(dice(),))
    with pytest.raises(Rejected, match=r"counter, which the release would upgrade: .* an odd count"):
        replica.release(odd)
    assert picture(replica) == before
    (outcome,) = replica.commit([ReleaseEntry(odd)])
    assert isinstance(outcome, Void)
    assert [each[1] for each in picture(replica)] == [each[1] for each in before]
    assert "dice" not in replica.engine.machines
    check_replicas_agree(replica)


def test_the_fold_decides_at_the_position_and_not_before() -> None:
    replica = both()
    encoded = release(upgrade(V1, V2, split_only_even()), upgrade(CART, cart_v2()))
    replica.engine.check_release(encoded)
    _, outcome = replica.commit([incr(interface=ONE), ReleaseEntry(encoded)])
    assert isinstance(outcome, Void)
    assert replica.engine.machines["cart"].loaded.id == program_id(CART)


def test_a_repeated_release_gets_its_first_answer() -> None:
    replica = both()
    encoded = release(upgrade(V1, V2, split()))
    first = replica.release(encoded)
    end = replica.engine.position
    assert replica.release(encoded) == first
    assert replica.engine.position == end
    (again,) = replica.commit([ReleaseEntry(encoded)])
    assert again == first
    with pytest.raises(Rejected, match="each needs an id of its own"):
        replica.release(release(upgrade(V1, counter(step=10))))


@pytest.mark.parametrize("expected", [TWO, "d" * 64])
def test_a_requirement_is_of_what_runs_then(expected: str) -> None:
    replica = both()
    encoded = release(upgrade(V1, V2, split()), requires=(("counter", expected), ("cart", program_id(CART))))
    if expected == TWO:
        assert isinstance(replica.release(encoded), Released)
        return
    with pytest.raises(Rejected, match=f"requires counter to run {'d' * 12}, and it would run {TWO[:12]}; nothing"):
        replica.release(encoded)


def test_what_a_release_may_not_hold_is_rejected() -> None:
    replica = both()
    for encoded, reason in (
        (release(new=(CART,)), "it runs here already: upgrade it"),
        (release(new=(dice(), dice())), "deploys dice twice"),
        (release(upgrade(V2, V1, merge())), "the version running isn't the one the upgrade expects"),
        (release(upgrade(V1, V2, split()), requires=(("shop", ONE),)), "shop to run .*, and it does not run here"),
        (b"\x97", "malformed"),
    ):
        with pytest.raises(Rejected, match=reason):
            replica.release(encoded)


@pytest.mark.parametrize("way", ["downgrade", "replay"])
def test_half_of_a_release_is_taken_back_only_where_that_is_said(way: str) -> None:
    replica = both()
    done = replica.release(release(upgrade(V1, V2, split(), merge()), upgrade(CART, cart_v2())))
    replica.commit([incr()])
    with pytest.raises(Rejected, match=f"is part of the release {ID[:12]}, whose other machines would stay"):
        replica.rollback("e" * 32, "counter", done.position, way)
    plan = replica.plan_rollback("counter", way)
    assert plan.release == ID
    assert "part of:   release" in plan.text()
    back = replica.rollback("e" * 32, "counter", done.position, way, machine_only=True)
    assert isinstance(back, RolledBack)
    assert states(replica) == {None: (3,), "ann": (4,)}
    assert replica.engine.machines["cart"].loaded.id == program_id(cart_v2())
    check_replicas_agree(replica)
    assert isinstance(replica.commit([incr(interface=ONE)])[0], Returned)


def test_a_plan_by_replay_goes_through_a_release_as_it_happened() -> None:
    replica = both()
    replica.upgrade(upgrade(V1, counter(step=10)))
    replica.rollback("f" * 32, "counter", replica.engine.machine("counter").undoable[-1].position, "downgrade")
    replica.release(release(upgrade(V1, V2, split()), upgrade(CART, cart_v2())))
    replica.commit([incr(), incr("ann")])
    plan = replica.plan_rollback("counter", "replay")
    assert plan.inputs is not None
    assert (plan.inputs.inputs, plan.inputs.different.count) == (2, 0)
