"""The laws hold on generated terms under their conditions, and no condition can be left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from camshaft.bytecode.effects import Effects
from camshaft.bytecode.occasion import QUESTIONS
from camshaft.bytecode.program import Place
from camshaft.category import terms as t
from camshaft.category.conditions import satisfied, typed
from camshaft.category.laws import LAWS, Condition, Law, Needs
from camshaft.category.meaning import Typed
from camshaft.category.schemes import instance, shaped
from camshaft.category.terms import Term, compose
from camshaft.category.typing import Context
from camshaft.values.check import zero
from camshaft.values.types import BOOL, INT, UNIT, tuple_of
from generators.laws import OUT, context, instances, outcome, starts
from generators.terms import RICH_STATE


@pytest.mark.parametrize("law", LAWS, ids=lambda law: f"{law.family}: {law.name}")
@given(data=st.data())
@settings(max_examples=settings().max_examples // 4)
def test_both_sides_of_a_law_mean_the_same(law: Law, data: st.DataObject) -> None:
    drawn = data.draw(instances(law))
    around = context(shaped(law.codomain, drawn.found))
    assume(satisfied(law, drawn.found, drawn.domain, around))
    left, right = typed(drawn.left, drawn.domain, around), typed(drawn.right, drawn.domain, around)
    assert left is not None
    assert right is not None
    assert left[0] is right[0]
    given_, slots = data.draw(starts(drawn.domain))
    sides = [outcome(t.Block(OUT, side), given_, slots) for side in (drawn.left, drawn.right)]
    assert sides[0] == sides[1]


# ---- no condition can be left out ------------------------------------------------------------------------------------

COUNT = Place(0, ("count",))
READ: Term = t.Get(COUNT)
WRITE: Term = compose(t.Constant(INT, 7), t.Put(COUNT))
NEXT: Term = t.sequence(
    t.operate(t.Put(COUNT), compose(t.operate(t.Primitive("add"), READ, t.Constant(INT, 1)), t.Primitive("cap"))), READ
)
TRUE: Term = t.Constant(BOOL, True)
STOP: Term = compose(t.Fork(()), t.Refuse("Full", UNIT))
ID: Term = t.Identity()
FIRST: Term = t.Project("0")
DELAYED: dict[tuple[str, str | None], Any] = {
    ("T", None): UNIT,
    ("x", None): READ,
    ("y", None): WRITE,
    ("f", None): FIRST,
}

# By law and condition: what the metavariables stand for, and what the law is tried on.
COUNTEREXAMPLES: dict[tuple[str, Condition], tuple[dict[tuple[str, str | None], Any], Typed]] = {
    ("projection", Condition(Needs.DISCARDABLE, "f")): (
        {("i", None): ("a",), ("L", None): "b", ("j", None): (), ("f", "a"): WRITE, ("g", None): ID},
        Typed(INT, 1),
    ),
    ("projection", Condition(Needs.DISCARDABLE, "h")): (
        {("i", None): (), ("L", None): "b", ("j", None): ("c",), ("h", "c"): STOP, ("g", None): ID},
        Typed(INT, 1),
    ),
    ("copying", Condition(Needs.COPYABLE, "g")): (
        {("L", None): "a", ("i", None): ("b",), ("f", None): ID, ("f", "b"): ID, ("g", None): NEXT},
        Typed(INT, 1),
    ),
    ("copying", Condition(Needs.LEAVES_ALONE, "f", "g")): (
        {("L", None): "a", ("i", None): ("b",), ("f", None): WRITE, ("f", "b"): ID, ("g", None): READ},
        Typed(INT, 1),
    ),
    ("discarding", Condition(Needs.DISCARDABLE, "f")): ({("f", None): STOP}, Typed(INT, 1)),
    ("exchange", Condition(Needs.COMMUTING, "f", "g")): ({("f", None): WRITE, ("g", None): READ}, Typed(INT, 1)),
    ("equal branches", Condition(Needs.DISCARDABLE, "c")): (
        {("c", None): t.sequence(WRITE, TRUE), ("f", None): READ},
        Typed(INT, 1),
    ),
    ("before a decision", Condition(Needs.COPYABLE, "h")): (
        {("h", None): NEXT, ("c", None): TRUE, ("f", None): ID, ("g", None): ID},
        Typed(INT, 1),
    ),
    ("before a decision", Condition(Needs.LEAVES_ALONE, "c", "h")): (
        {("h", None): READ, ("c", None): t.sequence(WRITE, TRUE), ("f", None): ID, ("g", None): ID},
        Typed(INT, 1),
    ),
    ("currying an application", Condition(Needs.PURE, "x")): (DELAYED, Typed(INT, 1)),
    ("before a function", Condition(Needs.PURE, "x")): (DELAYED, Typed(INT, 1)),
    ("writing twice", Condition(Needs.COMMUTING, "P", "g")): (
        {("P", None): COUNT, ("f", None): t.Constant(INT, 7), ("g", None): READ},
        Typed(INT, 1),
    ),
    ("writing here and reading there", Condition(Needs.APART, "P", "Q")): (
        {("P", None): COUNT, ("Q", None): COUNT},
        Typed(INT, 1),
    ),
    ("writing here and there", Condition(Needs.APART, "P", "Q")): (
        {("P", None): COUNT, ("Q", None): COUNT},
        Typed(tuple_of(INT, INT), (1, 2)),
    ),
}


def test_every_condition_has_a_counterexample() -> None:
    assert set(COUNTEREXAMPLES) == {(law.name, condition) for law in LAWS for condition in law.conditions}


@pytest.mark.parametrize(("name", "condition"), COUNTEREXAMPLES, ids=lambda part: getattr(part, "subject", part))
def test_without_a_condition_the_sides_differ(name: str, condition: Condition) -> None:
    (law,) = (law for law in LAWS if law.name == name)
    found, given_ = COUNTEREXAMPLES[name, condition]
    around = Context((RICH_STATE,))
    weaker = replace(law, conditions=tuple(each for each in law.conditions if each != condition))
    assert satisfied(weaker, found, given_.type, around), "only this condition is broken"
    assert not satisfied(law, found, given_.type, around)
    sides = instance(law.left, found), instance(law.right, found)
    assert all(typed(side, given_.type, around) for side in sides)
    slots = (Typed(RICH_STATE, zero(RICH_STATE)),)
    assert outcome(sides[0], given_, slots) != outcome(sides[1], given_, slots)


@pytest.mark.parametrize(
    ("row", "other", "commute"),
    [
        (Effects(reads=frozenset({0})), Effects(reads=frozenset({0}), traps=frozenset({"KeyError"})), True),
        (Effects(writes=frozenset({0})), Effects(writes=frozenset({1})), True),
        (Effects(writes=frozenset({0})), Effects(writes=frozenset({0})), False),
        (Effects(writes=frozenset({0})), Effects(reads=frozenset({0})), False),
        (Effects(traps=frozenset({"KeyError"})), Effects(refuses=frozenset({"Full"})), False),
        (Effects(writes=frozenset({0})), Effects(refuses=frozenset({"Full"})), True),
        (Effects(writes=frozenset({0})), Effects(exits=frozenset({"out"})), False),
        (QUESTIONS["now"].effects, Effects(writes=frozenset({0})), True),
        (QUESTIONS["now"].effects, QUESTIONS["random"].effects, True),
        (QUESTIONS["random"].effects, Effects(writes=frozenset({0}), traps=frozenset({"KeyError"})), True),
        (QUESTIONS["random"].effects, QUESTIONS["uuid"].effects, False),
        (QUESTIONS["random"].effects, Effects(exits=frozenset({"out"})), False),
    ],
)
def test_effects_commute_where_no_order_can_be_told(row: Effects, other: Effects, commute: bool) -> None:
    assert row.commutes_with(other) is other.commutes_with(row) is commute


def test_the_time_can_be_asked_for_any_number_of_times_and_a_draw_only_once() -> None:
    for question in QUESTIONS.values():
        row = question.effects
        assert row.is_query
        assert row.asks_occasion
        assert (row.is_discardable, row.is_copyable) == ((False, False) if question.draws else (True, True))
