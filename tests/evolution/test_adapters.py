"""Clients of four versions of a till on the fourth: they are answered what calling the adapters by hand gives."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import camshaft as cam
from camshaft.bytecode.adapters import check_adapters
from camshaft.bytecode.encoding import decode_program
from camshaft.evolution.adapters import adapters_between, derive_adapters
from camshaft.language.compile import compile_adapter, compile_machine
from generators import till_v1, till_v2, till_v3, till_v4

WRITTEN = cam.Upgrade(till_v3.Till, till_v4.Till, till_v4.as_entries, adapters=till_v4.ADAPTERS)


def a_node() -> cam.Node:
    node = cam.Node()
    node.deploy(till_v1.Till)
    node.upgrade(cam.Upgrade(till_v1.Till, till_v2.Till))
    node.upgrade(cam.Upgrade(till_v2.Till, till_v3.Till))
    node.upgrade(cam.Upgrade(till_v3.Till, till_v4.Till, till_v4.as_entries, adapters=till_v4.ADAPTERS))
    return node


class Third:
    """The third version's methods by hand: through the written adapters."""

    def __init__(self, till: till_v4.Till) -> None:
        self.till = till

    def told(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except till_v4.NotEnough as refused:
            raise till_v4.not_enough(refused) from None
        except till_v4.Shut as refused:
            raise till_v4.is_shut(refused) from None

    def pay(self, cents: int, by: str | None, note: str) -> int:
        found: int = self.told(lambda: till_v4.pay(self.till, cents, by, note))
        return found

    def take(self, cents: int) -> None:
        self.told(lambda: till_v4.take(self.till, cents))

    def bill(self) -> till_v3.Bill:
        return till_v4.bill(self.till)


class Second:
    """The second version's methods by hand: what is derived, through those of the third."""

    def __init__(self, third: Third) -> None:
        self.third = third

    def told(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except till_v3.TooLittle as refused:
            raise till_v2.TooLittle(left=refused.left, wanted=refused.wanted) from None
        except till_v3.Closed:
            raise cam.Stale from None

    def pay(self, cents: int, note: str) -> int:
        found: int = self.told(lambda: self.third.pay(cents, None, note))
        return found

    def take(self, cents: int) -> None:
        self.told(lambda: self.third.take(cents))

    def bill(self) -> till_v2.Bill:
        bill = self.third.bill()
        return till_v2.Bill(cents=bill.cents, note=bill.note)


class First:
    """The first version's methods by hand, through those of the second."""

    def __init__(self, second: Second) -> None:
        self.second = second

    def pay(self, cents: int) -> int:
        return self.second.pay(cents, "no note")

    def take(self, cents: int) -> None:
        try:
            self.second.take(cents)
        except till_v2.TooLittle as refused:
            raise till_v1.TooLittle(left=refused.left) from None

    def bill(self) -> till_v1.Bill:
        return till_v1.Bill(cents=self.second.bill().cents)


CENTS = st.integers(0, 50)
CALLS = st.one_of(
    st.tuples(st.just(1), st.just("pay"), st.tuples(CENTS)),
    st.tuples(st.just(2), st.just("pay"), st.tuples(CENTS, st.text(max_size=3))),
    st.tuples(st.just(3), st.just("pay"), st.tuples(CENTS, st.none() | st.just("ann"), st.text(max_size=3))),
    st.tuples(st.integers(1, 3), st.just("take"), st.tuples(CENTS)),
    st.tuples(st.integers(1, 3), st.just("bill"), st.just(())),
    st.tuples(st.just(4), st.just("book"), st.tuples(st.integers(-90, 90), st.text(max_size=3), st.none())),
    st.tuples(st.just(4), st.just("shut"), st.tuples(st.sampled_from(["", "late"]))),
)


def outcome(instance: Any, method: str, arguments: tuple[Any, ...]) -> Any:
    try:
        return getattr(instance, method)(*arguments)
    except cam.Stale:
        return cam.Stale
    except cam.Refusal as refused:
        return refused


@settings(deadline=None, max_examples=25)
@given(st.lists(CALLS, max_size=12))
def test_any_number_of_adapters_is_calling_them_by_hand(calls: list[tuple[int, str, tuple[Any, ...]]]) -> None:
    by_hand: dict[int, Any] = {4: till_v4.Till()}
    by_hand[3] = Third(by_hand[4])
    by_hand[2] = Second(by_hand[3])
    by_hand[1] = First(by_hand[2])
    with a_node() as node:
        machines: dict[int, type[cam.Machine]] = {1: till_v1.Till, 2: till_v2.Till, 3: till_v3.Till, 4: till_v4.Till}
        for version, method, arguments in calls:
            found = outcome(node.instance(machines[version]), method, arguments)
            before = deepcopy(by_hand[4])
            assert found == outcome(by_hand[version], method, arguments)
            if isinstance(found, cam.Refusal) or found is cam.Stale:
                assert by_hand[4] == before
        assert cam.state(node.instance(till_v4.Till)) == by_hand[4]


def test_a_plan_says_who_is_served_and_how() -> None:
    text = WRITTEN.plan().text()
    assert "- take(cents: int) refuses Closed, TooLittle  (old clients: by `take`, as written)" in text
    assert "- close(at: int)  (old clients: not served)" in text
    text = cam.Upgrade(till_v1.Till, till_v2.Till).plan().text()
    assert "=>  pay(cents: int, note: str) -> int  (old clients: by a derived adapter)" in text
    assert "=>  price(article: str) -> int  (old clients: not served)" in text


def test_adapters_are_written_for_the_upgrade_that_brings_them() -> None:
    with pytest.raises(cam.Rejected, match=r"`pay` serves clients of Till by Till, but this upgrade of till is from"):
        cam.Upgrade(till_v2.Till, till_v3.Till, adapters=till_v4.ADAPTERS).encode()


def test_what_is_made_passes_the_check_of_a_node() -> None:
    new, old = compile_machine(till_v4.Till), compile_machine(till_v3.Till)
    written = [compile_adapter(each) for each in till_v4.ADAPTERS]
    made = adapters_between(old.program, new, written)
    assert made is not None
    checked = check_adapters(decode_program(made.encoded.program), made.imports, old.program, new.program)
    assert {method.name for method in checked.program.methods} == {"pay", "take", "bill"}
    assert set(checked.handlers) == {"NotEnough", "Shut"}
    # The helper that two of them call is in each.
    assert [each.name for each in checked.program.functions[: made.imports]] == ["book", "last"]


def test_there_are_none_where_nothing_changed() -> None:
    till = compile_machine(till_v1.Till)
    assert adapters_between(till.program, till, []) is None
    assert not derive_adapters(till.program, till.program).program.methods
