"""What is said of an integer is true of it."""

from __future__ import annotations

import operator
from collections.abc import Callable

from hypothesis import assume, given
from hypothesis import strategies as st

from camshaft.execution.bounds import CAP, GENERAL, Assumptions, Bounds, Known, counted_slots, range_bounds
from camshaft.execution.ordinary import SPECULATIVE

MEANINGS: dict[str, Callable[[int, int], int]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "floor_divide": operator.floordiv,
    "modulo": operator.mod,
    "negate": lambda one, _: -one,
    "absolute": lambda one, _: abs(one),
}
SLOT, OTHER = (3, 0), (3, 1)
NONE = Known(GENERAL, {})
assumptions = st.sampled_from((GENERAL, SPECULATIVE))

integers = st.integers(-20, 20) | st.integers() | st.sampled_from([CAP, -CAP, CAP + 1, 2**64])


@st.composite
def within(draw: st.DrawFn) -> tuple[int, Bounds]:
    """An integer and bounds that are true of it."""
    value, other, third = draw(integers), draw(integers), draw(integers)
    return value, Bounds(min(value, other), max(value, third))


@given(st.sampled_from(sorted(MEANINGS)), assumptions, within(), within())
def test_a_result_is_within_its_bounds(
    name: str, assumed: Assumptions, left: tuple[int, Bounds], right: tuple[int, Bounds]
) -> None:
    assume(name not in ("floor_divide", "modulo") or right[0] != 0)
    operands = [left, right] if name not in ("negate", "absolute") else [left]
    bounds = Known(assumed, {}).result(name, [known for _, known in operands])
    assert bounds.low <= MEANINGS[name](left[0], right[0]) <= bounds.high


@given(within(), within(), within())
def test_an_element_of_a_range_is_within_its_bounds(
    start: tuple[int, Bounds], stop: tuple[int, Bounds], step: tuple[int, Bounds]
) -> None:
    assume(step[0] != 0)
    elements = range(start[0], stop[0], step[0])
    bounds = range_bounds(start[1], stop[1], step[1])
    assert all(bounds.low <= element <= bounds.high for element in elements[:50])


@given(within(), within())
def test_what_covers_two_bounds_covers_both_values(left: tuple[int, Bounds], right: tuple[int, Bounds]) -> None:
    bounds = NONE.joined(left[1], right[1])
    assert bounds.low <= min(left[0], right[0])
    assert bounds.high >= max(left[0], right[0])


def test_a_slot_that_only_moves_by_small_steps_is_counted() -> None:
    puts = {SLOT: [Bounds(0, 0), Bounds(1, 1, SLOT), Bounds(-3, 7, SLOT)]}
    assert counted_slots(puts, GENERAL) == {SLOT: 2 * 2**64 * 7}


def test_a_slot_that_is_set_to_anything_unknown_is_not_counted() -> None:
    for unknown in (GENERAL.stored, Bounds(0, 0, OTHER), Bounds(0, 2**64, SLOT)):
        assert counted_slots({SLOT: [Bounds(0, 0), unknown]}, GENERAL) == {}


def test_a_counted_slot_is_far_from_the_cap_and_another_may_be_at_it() -> None:
    assert Known(GENERAL, {SLOT: 2**70}).absolute(Bounds(1, 1, SLOT)).high == 2**70 + 1
    assert NONE.absolute(Bounds(1, 1, SLOT)).high > CAP
