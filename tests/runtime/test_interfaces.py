"""An input that was made for another program runs only where it means the same."""

from __future__ import annotations

import re

import pytest

from camshaft.bytecode.encoding import encode_program
from camshaft.category.assembler import MethodSource
from camshaft.category.terms import Constant, Fork, Get, Refuse, compose
from camshaft.runtime.catalog import Catalog
from camshaft.runtime.interfaces import misfit
from camshaft.values.types import BOOL, INT, STR, UNIT, Record
from generators.machines import COUNT, COUNTER_STATE, counter, counter_v2, method, number


def compare(before: MethodSource | None, after: MethodSource | None) -> str | None:
    catalog = Catalog()
    old, new = (
        catalog.load(encode_program(counter(step, extra=() if extra is None else (extra,))))
        for step, extra in ((1, before), (2, after))
    )
    first = misfit(old, new, "m")
    assert misfit(old, new, "m") == first, "the answer is remembered"
    return first


def taking(**parameters: object) -> MethodSource:
    return method("m", Constant(UNIT, ()), **parameters)  # type: ignore[arg-type]  # types, under any name


def refusing(name: str, label: str) -> MethodSource:
    return method("m", compose(Fork(((label, number(1)),)), Refuse(name, Record(((label, INT),)))))


def test_the_same_method_fits_whatever_its_code_does() -> None:
    assert compare(taking(n=INT), method("m", Constant(UNIT, ()), n=INT)) is None
    assert compare(method("m", Get(COUNT), INT), method("m", number(7), INT)) is None


def test_names_of_parameters_play_no_part() -> None:
    assert compare(taking(n=INT, s=STR), taking(amount=INT, label=STR)) is None


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (taking(n=INT), taking(n=STR), r"m takes \(n: str\) now, not \(n: int\)"),
        (taking(n=INT, m=BOOL), taking(m=BOOL, n=INT), r"m takes \(m: bool, n: int\) now"),
        (taking(n=INT), taking(n=INT, m=INT), r"m takes \(n: int, m: int\) now"),
        (taking(), None, "there is no method m any more"),
        (None, taking(), "which has no method m"),
        (method("m", Get(COUNT), INT), taking(), r"m returns None now, not int"),
        (refusing("Full", "n"), refusing("Closed", "n"), "the refusals of m changed"),
        (refusing("Full", "n"), refusing("Full", "size"), "the refusals of m changed"),
    ],
)
def test_a_method_that_changed_does_not_fit(
    before: MethodSource | None, after: MethodSource | None, reason: str
) -> None:
    found = compare(before, after)
    assert found is not None
    assert re.search(reason, found)


def test_a_reason_names_both_programs() -> None:
    catalog = Catalog()
    old, new = catalog.load(encode_program(counter())), catalog.load(encode_program(counter_v2()))
    assert old.state_type is COUNTER_STATE
    assert misfit(old, new, "add") == (
        f"counter runs program {new.id[:12]} now, the input was made for {old.id[:12]}: "
        "add takes (n: int, why: str) now, not (n: int)"
    )
