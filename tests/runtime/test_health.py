"""What two versions made of the same input, and what is held against the new one."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from camshaft.bytecode.rollback import Example, InputLosses
from camshaft.bytecode.rollout import ALL
from camshaft.runtime.health import Health, is_same, lost
from camshaft.runtime.outcomes import NOTHING, Outcome, RefusedBy, Returned, StaleInput, Trapped
from camshaft.values.types import FLOAT, INT, STR, Map, Record
from generators.rollouts import terms

FULL = RefusedBy("Full", Record((("size", INT),)), (5,))
FULLER = RefusedBy("Full", Record((("size", INT),)), (6,))
TRAP, OTHER_TRAP = Trapped("KeyError", "no key 1"), Trapped("IndexError", "no index 1")
STALE = StaleInput("it has no such method")
ONE, TWO = Returned(INT, 1), Returned(INT, 2)


def example() -> Example:
    return Example(7, "counter/ann", "incr", [], "1", "2")


def counted(told: Outcome, old: Outcome, **limits: Any) -> str:
    health = Health(terms(**limits))
    health.inputs = 1
    is_held_against_it = health.differs("incr", told, old, example)
    names = ("traps", "refusals", "different", "declared", "unfit")
    found = [name for name in names if getattr(health, name).count]
    assert is_held_against_it is bool({"traps", "refusals", "different"} & set(found))
    return " ".join(found)


@pytest.mark.parametrize(
    ("told", "old", "expected"),
    [
        (TRAP, ONE, "traps"),
        (TRAP, FULL, "traps"),
        (TRAP, STALE, "traps unfit"),
        (TRAP, OTHER_TRAP, ""),
        (FULL, ONE, "refusals"),
        (FULL, TRAP, ""),
        (FULL, STALE, "unfit"),
        (FULL, FULLER, "different"),
        (ONE, TWO, "different"),
        (ONE, FULL, "different"),
        (ONE, TRAP, ""),
        (ONE, STALE, "unfit"),
        (STALE, ONE, ""),
    ],
)
def test_what_is_held_against_the_new_version(told: Outcome, old: Outcome, expected: str) -> None:
    assert counted(told, old) == expected


def test_a_difference_that_was_declared_is_not_held_against_it_but_a_trap_is() -> None:
    assert counted(ONE, TWO, different=("incr",)) == "declared"
    assert counted(FULL, ONE, different=("incr",)) == "refusals"
    assert counted(TRAP, ONE, different=("incr",)) == "traps"


def test_answers_are_the_same_where_a_caller_cannot_tell_them_apart() -> None:
    assert is_same(Returned(INT, 1), Returned(INT, 1))
    assert not is_same(Returned(FLOAT, 0.0), Returned(FLOAT, -0.0))
    counts = Map(STR, INT)
    assert not is_same(Returned(counts, {"a": 1, "b": 2}), Returned(counts, {"b": 2, "a": 1}))
    assert is_same(Returned(INT, 1), Returned(STR, "one")), "of two types: the plan has said so"
    assert is_same(TRAP, Trapped("KeyError", "in other words"))
    assert is_same(FULL, RefusedBy("Full", FULL.payload_type, (5,)))
    assert not is_same(FULL, RefusedBy("Fuller", FULL.payload_type, (5,)))
    assert is_same(STALE, StaleInput("for another reason"))
    kinds: tuple[Outcome, ...] = (NOTHING, FULL, TRAP, STALE)
    for one, other in product(kinds, repeat=2):
        assert is_same(one, other) is (one is other)


@pytest.mark.parametrize(
    ("told", "old", "kind"),
    [
        (ONE, STALE, "unfit"),
        (ONE, FULL, "refused"),
        (ONE, TRAP, "trapped"),
        (ONE, TWO, "different"),
        (TRAP, ONE, "different"),
        (FULL, STALE, None),
        (TRAP, STALE, None),
    ],
)
def test_what_going_back_would_lose(told: Outcome, old: Outcome, kind: str | None) -> None:
    losses = InputLosses()
    assert lost(losses, told, old) is (None if kind is None else getattr(losses, kind))


@pytest.mark.parametrize(
    ("inputs", "traps", "rate", "enough", "fails"),
    [
        (1, 1, 0, 100, True),
        (1, 1, ALL // 100, 100, False),
        (2, 2, ALL // 100, 100, True),
        (1000, 10, ALL // 100, 100, False),
        (1000, 11, ALL // 100, 100, True),
        (1, 1, ALL // 100, 1, True),
        (50, 50, ALL, 1, False),
    ],
)
def test_a_rate_is_judged_as_though_enough_inputs_had_come(
    inputs: int, traps: int, rate: int, enough: int, *, fails: bool
) -> None:
    health = Health(terms(traps=rate, enough=enough))
    health.inputs = inputs
    for _ in range(traps):
        health.differs("incr", TRAP, ONE, example)
    assert (health.failure() is not None) is fails


def test_what_the_old_version_did_not_run_does_not_make_a_wave_judged() -> None:
    health = Health(terms(enough=2))
    health.inputs = 3
    for _ in range(2):
        health.differs("incr", ONE, STALE, example)
    assert (health.compared, health.is_judged) == (1, False)


def test_a_failure_says_that_the_versions_came_apart_where_the_old_one_had_no_form_of_an_input() -> None:
    health = Health(terms())
    health.inputs = 1
    health.differs("incr", TRAP, ONE, example)
    plain = health.failure()
    assert plain is not None
    health.differs("incr", ONE, STALE, example)
    health.inputs = 1
    assert health.failure() == f"{plain}; only the new version ran 1 input, which the old version has no form of"
