"""Random migrations between states with maps: some by random terms, some that move maps and compute other fields."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from camshaft.bytecode.program import Program
from camshaft.category import terms as t
from camshaft.values.types import INT, STR, UNIT, List, Map, Record, Set, Type, tuple_of
from generators.machines import migration
from generators.terms import Around, grow

STATE = Record(
    (
        ("count", INT),
        ("lots", Map(STR, tuple_of(INT, STR))),
        ("lists", Map(INT, List(INT))),
        ("tags", Set(STR)),
        ("names", List(STR)),
    )
)
_AROUND = Around((UNIT,), hidden=frozenset({0}), asks=False, size=2)


def _field(label: str) -> t.Term:
    return t.compose(t.Project("was"), t.Project(label))


@st.composite
def migrations(draw: st.DrawFn) -> Program:
    """A migration from `STATE`."""
    was = Record((("was", STATE),))
    fields: list[tuple[str, Type, t.Term]] = []
    for label in draw(st.lists(st.sampled_from(STATE.fields), min_size=1, max_size=5)):
        new = f"n{len(fields)}"
        way = draw(st.sampled_from(["carry", "each", "pairs", "grown"]))
        if way == "carry":
            fields.append((new, label[1], _field(label[0])))
        elif way == "grown" or not isinstance(label[1], Map) or isinstance(label[1], Set):
            type_ = draw(st.sampled_from([INT, List(INT), label[1]]))
            fields.append((new, type_, grow(draw, was, type_, _AROUND)))
        else:
            fields.append((new, *_each(draw, was, label[0], label[1], pairs=way == "pairs")))
    new_state = Record((label, type_) for label, type_, _ in fields)
    return migration(STATE, new_state, t.Fork(tuple((label, term) for label, _, term in fields)))


def _each(draw: st.DrawFn, was: Record, label: str, type_: Map, *, pairs: bool) -> tuple[Type, t.Term]:
    """The map with each value computed anew, perhaps from what is around it; by way of pairs, perhaps with new keys."""
    entry = tuple_of(type_.key, type_.value)
    value = draw(st.sampled_from([INT, STR, type_.value]))
    inner = tuple_of(was, entry)
    body = draw(st.sampled_from([t.compose(t.Project("1"), t.Project("1"))])) if value is type_.value else None
    if body is None or draw(st.booleans()):
        body = grow(draw, inner, value, _AROUND)
    if not pairs:
        items = t.Fork((("0", t.Identity()), ("1", _field(label))))
        return Map(type_.key, value), t.compose(items, t.MapEach(body))
    key = t.compose(t.Project("1"), t.Project("0"))
    if draw(st.integers(0, 3)) == 0:
        key = grow(draw, inner, type_.key, _AROUND)
    entries = t.Fork((("0", t.Identity()), ("1", t.compose(_field(label), t.Primitive("items")))))
    made = t.compose(entries, t.MapEach(t.Fork((("0", key), ("1", body)))), t.Primitive("map_of"))
    return Map(type_.key, value), made


def was(state: Any) -> tuple[Any, ...]:
    """The arguments of a migration."""
    return (state,)
