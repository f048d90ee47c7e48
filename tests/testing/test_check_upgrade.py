"""`camshaft.testing.check_upgrade`: it finds what is wrong with an upgrade, at the first position, after few inputs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import strategies as st

import camshaft as cam
from camshaft import Machine, Refusal, invariant, migration, testing
from camshaft.testing import UpgradeFailed, call


class Empty(Refusal):
    pass


class Jar(Machine):
    sweets: int = 0
    taken: list[int] = []

    def put(self, n: int) -> int:
        self.sweets += n
        return self.sweets

    def take(self) -> int:
        if self.sweets < 1:
            raise Empty
        self.sweets -= 1
        self.taken.append(self.sweets)
        return self.sweets

    def left(self) -> int:
        return self.sweets


class JarV2(Machine, name="jar"):
    sweets: int = 0
    takes: int = 0

    def put(self, n: int) -> int:
        self.sweets += n
        return self.sweets

    def take(self) -> int:
        if self.sweets < 1:
            raise Empty
        self.sweets -= 1
        self.takes += 1
        return self.sweets

    def left(self) -> int:
        return max(self.sweets, 0)


@migration
def count_takes(was: Jar) -> JarV2:
    return JarV2(sweets=was.sweets, takes=len(was.taken))


@migration
def not_in_debt(was: Jar) -> JarV2:
    assert was.sweets >= 0, "a jar in debt"
    return JarV2(sweets=was.sweets, takes=len(was.taken))


@migration
def forget_takes(was: Jar) -> JarV2:
    return JarV2(sweets=was.sweets)


@migration
def without_takes(was: JarV2) -> Jar:
    return Jar(sweets=was.sweets)


@migration
def while_few(was: JarV2) -> Jar:
    assert was.takes < 2, "too many takes"
    return Jar(sweets=was.sweets)


UPGRADE = cam.Upgrade(old=Jar, new=JarV2, migrate=count_takes)
CALLS = [call("put", 3), call("take"), call("put", 1, key="a"), call("left"), call("take"), call("take", key="a")]


def failure_of(upgrade: cam.Upgrade[Jar, JarV2], *args: object, **claims: object) -> UpgradeFailed:
    with pytest.raises(UpgradeFailed) as caught:
        testing.check_upgrade(upgrade, *args, **claims)  # type: ignore[arg-type]  # whatever the test gives
    return caught.value


def test_an_upgrade_that_is_right_passes_on_given_and_on_drawn_calls() -> None:
    for calls in (CALLS, [], None, testing.inputs(Jar, n=st.integers(0, 5))):
        testing.check_upgrade(UPGRADE, calls, then=[call("take"), call("put", n=2, key="b")])


def test_a_migration_that_traps_on_a_state_is_found_with_the_one_input_that_makes_it() -> None:
    upgrade = cam.Upgrade(old=Jar, new=JarV2, migrate=not_in_debt)
    failure = failure_of(upgrade, [*CALLS, call("put", -9), *CALLS])
    assert (failure.kind, failure.position, failure.inputs) == ("upgrade", 1, ["put(-9)"])
    assert "the migration fails on the instance jar: AssertionError: a jar in debt" in str(failure)


def test_hypothesis_finds_the_state_by_itself() -> None:
    failure = failure_of(cam.Upgrade(old=Jar, new=JarV2, migrate=not_in_debt))
    assert (failure.kind, failure.inputs) == ("upgrade", ["put(n=-1)"])


def test_an_invariant_is_asked_after_the_migration() -> None:
    upgrade = cam.Upgrade(old=Jar, new=JarV2, migrate=forget_takes)

    def nothing_is_lost(jar: JarV2) -> bool:
        return jar.takes > 0 or jar.sweets != 2

    failure = failure_of(upgrade, [*CALLS, *CALLS], invariant=nothing_is_lost)
    assert failure.kind == "invariant"
    assert failure.inputs == ["put(3)", "take()"]
    assert "jar after the migration: the invariant does not hold" in str(failure)
    assert '  before: {"sweets":2,"taken":[2]}' in str(failure)
    assert "    - taken: [2]" in str(failure)
    assert "    + takes: 0" in str(failure)


def test_an_invariant_is_asked_after_the_inputs_that_follow_and_says_what_it_asserts() -> None:
    def few(jar: JarV2) -> None:
        assert jar.takes < 2, f"{jar.takes} takes"

    failure = failure_of(UPGRADE, [call("put", 3)], then=[call("take"), call("take")], invariant=few)
    assert failure.position == 0
    assert failure.inputs == ["put(3)", "take()", "take()"]
    assert "jar after take(): the invariant does not hold (2 takes)" in str(failure)


class Checked(Machine, name="jar"):
    sweets: int = 0
    takes: int = 0

    def put(self, n: int) -> int:
        self.sweets += n
        return self.sweets

    def take(self) -> int:
        if self.sweets < 1:
            raise Empty
        self.sweets -= 1
        self.takes += 1
        return self.sweets

    @invariant
    def few(self) -> bool:
        return self.takes < 2 and self.sweets >= 0


@migration
def checked(was: Jar) -> Checked:
    return Checked(sweets=was.sweets, takes=len(was.taken))


def test_the_invariants_of_the_new_version_are_checked_without_being_asked_for() -> None:
    upgrade = cam.Upgrade(old=Jar, new=Checked, migrate=checked)
    with pytest.raises(UpgradeFailed, match="would break an invariant: `few` is false") as refused:
        testing.check_upgrade(upgrade, [call("put", -1)], following=0)
    assert (refused.value.kind, refused.value.position) == ("upgrade", 1)
    with pytest.raises(UpgradeFailed, match=r"jar after take\(\): the invariant `few` is false") as broken:
        testing.check_upgrade(upgrade, [call("put", 3)], then=[call("take"), call("take")])
    assert (broken.value.kind, broken.value.position) == ("invariant", 0)


def test_a_downgrade_must_not_trap_on_what_the_migration_made() -> None:
    upgrade = cam.Upgrade(old=Jar, new=JarV2, migrate=count_takes, downgrade=while_few)
    failure = failure_of(upgrade, [call("put", 5), *[call("take")] * 5])
    assert (failure.kind, failure.inputs) == ("downgrade", ["put(5)", "take()", "take()"])
    assert "too many takes" in str(failure)


def test_what_is_claimed_to_be_reversible_gives_back_the_very_state() -> None:
    upgrade = cam.Upgrade(old=Jar, new=JarV2, migrate=count_takes, downgrade=without_takes)
    testing.check_upgrade(upgrade, CALLS)
    failure = failure_of(upgrade, CALLS, reversible=True)
    assert (failure.kind, failure.inputs) == ("reversible", ["put(3)", "take()"])
    assert "    - taken[0]: 2" in str(failure)


def test_answers_that_are_claimed_to_stay_are_compared_with_the_old_versions_own() -> None:
    calls = [*CALLS, call("put", -9), call("left")]
    testing.check_upgrade(UPGRADE, calls, same_answers=["put", "take"])
    failure = failure_of(UPGRADE, calls, same_answers=True)
    assert (failure.kind, failure.position) == ("answers", 0)
    assert failure.inputs == ["put(-9)", "left()"]
    assert "left() answers 0, where the old version answers -9" in str(failure)


def test_calls_that_no_version_has_are_the_tests_mistake() -> None:
    with pytest.raises(TypeError, match="Jar has no method 'shake'; it has put, take, left"):
        testing.check_upgrade(UPGRADE, [call("shake")])
    with pytest.raises(TypeError, match="put"):
        testing.check_upgrade(UPGRADE, [call("put")])
    with pytest.raises(cam.Rejected, match="expected `int`"):
        testing.check_upgrade(UPGRADE, [call("put", "x")])


def test_every_position_gives_both_states_and_goes_its_own_way() -> None:
    found = list(testing.every_position(UPGRADE, CALLS))
    assert [one.position for one in found] == list(range(len(CALLS) + 1))
    assert found[0].old == {}
    assert found[4].old == {None: Jar(sweets=2, taken=[2]), "a": Jar(sweets=1)}
    assert found[4].new == {None: JarV2(sweets=2, takes=1), "a": JarV2(sweets=1)}
    assert found[4].make(call("take"), call("take", key="c"), call("left")) == [1, Empty(), 1]
    assert found[4].instance() == JarV2(sweets=1, takes=2)
    assert found[5].instance() == JarV2(sweets=1, takes=2), "as CALLS made it, not the position before"
    assert found[4].new[None] == JarV2(sweets=2, takes=1), "what was is kept"


class Clock(Machine):
    at: list[tuple[str, int]] = []

    def tick(self, name: str) -> int:
        self.at.append((name, cam.randrange(1_000)))
        return int(cam.now().hour)


class ClockV2(Machine, name="clock"):
    at: list[tuple[str, int]] = []
    ticks: int = 0

    def tick(self, name: str) -> int:
        self.at.append((name, cam.randrange(1_000)))
        self.ticks += 1
        return int(cam.now().hour)


def test_time_passes_and_random_numbers_are_the_same_in_both_versions() -> None:
    upgrade = cam.Upgrade(old=Clock, new=ClockV2)
    calls = [call("tick", "a"), call("tick", "b", wait=timedelta(hours=2))]
    testing.check_upgrade(upgrade, calls, same_answers=True)
    first, *_, last = testing.every_position(upgrade, calls)
    assert last.old[None].at[0] != last.old[None].at[1]
    assert first.make(call("tick", "c", wait=timedelta(hours=5))) == [14]


class Coloured(Machine, name="jar"):
    sweets: int = 0
    taken: list[int] = []
    colours: dict[str, int] = {}

    def put(self, n: int, colour: str = "red") -> int:
        self.sweets += n
        self.colours[colour] = self.colours.get(colour, 0) + n
        return self.sweets

    def take(self) -> int:
        if self.sweets < 1:
            raise Empty
        self.sweets -= 1
        self.taken.append(self.sweets)
        return self.sweets

    def left(self) -> int:
        return self.sweets


def test_old_clients_are_answered_through_the_adapters_that_the_upgrade_brings() -> None:
    upgrade = cam.Upgrade(old=Jar, new=Coloured)
    testing.check_upgrade(upgrade, CALLS, same_answers=True)
    _, second, *_ = testing.every_position(upgrade, CALLS)
    assert second.make(call("put", 2, "blue")) == [5]
    assert second.instance().colours == {"blue": 2}
