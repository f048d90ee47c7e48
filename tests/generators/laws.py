"""Strategies for instances of laws: what the metavariables stand for, of fitting types, and values to try them on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from camshaft.bytecode.places import ResolvedPlace, resolve
from camshaft.bytecode.program import Place
from camshaft.category import terms as t
from camshaft.category.laws import Arrow, Law
from camshaft.category.meaning import Typed, meaning
from camshaft.category.schemes import (
    Every,
    Found,
    Label,
    Product,
    Shape,
    Sum,
    Unknown,
    instance,
    of_label,
    shaped,
)
from camshaft.category.terms import Term
from camshaft.category.typing import Context
from camshaft.errors import Refused, Trap
from camshaft.values.codec import encode
from camshaft.values.types import INT, Record, Type
from generators.occasions import occasion
from generators.terms import REFUSALS, RICH_STATE, Around, grow
from generators.types import types, values

SLOTS: tuple[Type, ...] = (RICH_STATE, Record((("a", INT), ("b", Record((("c", INT),))))))
PLACES = (
    Place(0),
    Place(0, ("count",)),
    Place(0, ("items",)),
    Place(1),
    Place(1, ("a",)),
    Place(1, ("b",)),
    Place(1, ("b", "c")),
)
OUT = "out"


@dataclass(frozen=True)
class Instance:
    """Both sides of a law for some terms, on some domain in a block that they may leave."""

    left: Term
    right: Term
    domain: Type
    found: Found


def outcome(term: Term, given: Typed, slots: tuple[Typed, ...]) -> tuple[Any, ...]:
    """How a term ends: what it gives, and what the slots hold and how much was drawn then, or how it fails."""
    around = occasion()
    try:
        result, after = meaning(term, given, slots, {}, around)
    except Refused as refused:
        return ("refused", refused.name, encode(REFUSALS[refused.name], refused.payload))
    except Trap as trap:
        return ("trap", trap.kind)
    held = (encode(slot.type, slot.value) for slot in after)
    return ("returned", around.draws.count, encode(result.type, result.value), *held)


@st.composite
def starts(draw: st.DrawFn, domain: Type) -> tuple[Typed, tuple[Typed, ...]]:
    """A value of a domain, and slots."""
    return Typed(domain, draw(values(domain))), tuple(Typed(slot, draw(values(slot))) for slot in SLOTS)


@st.composite
def instances(draw: st.DrawFn, law: Law) -> Instance:
    """An instance of a law whose conditions hold."""
    found: dict[tuple[str, str | None], Any] = {}
    unused = list("abcdefgh")
    for label in _labels(law):
        count = draw(st.integers(0, 2)) if isinstance(label, Every) else 1
        if isinstance(label, Every) and law.name in NOT_EMPTY:
            count = max(count, 1)
        taken, unused = unused[:count], unused[count:]
        found[str(label), None] = tuple(taken) if isinstance(label, Every) else taken[0]
    for name, shape in law.data:
        if name in "PQ":
            assert isinstance(shape, Unknown)
            place = draw(st.sampled_from(PLACES))
            resolved = resolve(place, SLOTS)
            assert isinstance(resolved, ResolvedPlace)
            found[name, None], found["type " + shape.name, None] = place, resolved.type
    for shape in _shapes(law):
        _fill(draw, shape, found)
    for name, shape in law.data:
        if name not in "PQ":
            found[name, None] = shaped(shape, found)
    codomain = shaped(law.codomain, found)
    for arrow in law.holes:
        for index in _indexes(arrow.index, found):
            found[arrow.name, index] = _grown(draw, law, arrow, index, codomain, found)
    domain = shaped(law.domain, found)
    return Instance(instance(law.left, found), instance(law.right, found), domain, found)


NOT_EMPTY = {"distributing and putting back", "putting back and distributing", "what is around stays"}
"""The laws in which some index stands for the cases of a variant, which has at least one."""
_RANK = {"i": 0, "L": 1, "j": 2, "k": 3, "M": 4, "m": 5}


def _labels(law: Law) -> list[Label]:
    """The metavariables for labels of a law, in the order of the labels that they get: `i` before `L` before `j`."""
    seen: dict[str, Label] = {}

    def visit(part: Any) -> None:
        if isinstance(part, Label):
            seen[str(part)] = part
        elif isinstance(part, tuple):
            for each in part:
                visit(each)
        elif isinstance(part, t._Term | Product | Sum | Arrow):
            for name in part.__slots__:
                visit(getattr(part, name))

    visit((law.left, law.right, law.domain, law.codomain))
    for arrow in law.holes:
        visit((arrow.domain, arrow.codomain))
    return sorted(seen.values(), key=lambda label: _RANK[label])


def _shapes(law: Law) -> list[Shape]:
    shapes = [law.domain, law.codomain, *(shape for _, shape in law.data)]
    return shapes + [shape for arrow in law.holes for shape in (arrow.domain, arrow.codomain)]


def _indexes(index: str | None, found: Found) -> tuple[str | None, ...]:
    return (None,) if index is None else found[str(index), None]


def _fill(draw: st.DrawFn, shape: Shape, found: dict[tuple[str, str | None], Any]) -> None:
    if isinstance(shape, Unknown):
        for index in _indexes(shape.index, found):
            if ("type " + shape.name, index) not in found:
                found["type " + shape.name, index] = draw(types(depth=2))
    elif isinstance(shape, Product):
        for _, each in shape.fields:
            _fill(draw, each, found)
    elif isinstance(shape, Sum):
        for _, each in shape.cases:
            _fill(draw, each, found)


def _grown(draw: st.DrawFn, law: Law, arrow: Arrow, index: str | None, codomain: Type, found: Found) -> Term:
    """A term for a hole: one with fewer effects where the law asks something of it, or few would do."""
    shapes = [arrow.domain, arrow.codomain]
    if index is not None:
        shapes = [of_label(shape, str(arrow.index), index) for shape in shapes]
    start, end = (shaped(shape, found) for shape in shapes)
    asked = {name for condition in law.conditions for name in (condition.subject, condition.beside)}
    around = Around(SLOTS[:1], size=2) if arrow.closed else Around(SLOTS, ((OUT, codomain),), size=2)
    if arrow.name in asked:
        pure = Around(() if draw(st.booleans()) else SLOTS, size=draw(st.integers(0, 1)), asks=draw(st.booleans()))
        around = draw(st.sampled_from((around, pure))) if not arrow.closed else Around((), size=1, asks=False)
    return grow(draw, start, end, around)


def context(codomain: Type) -> Context:
    """The context that instances are typed in."""
    return Context(SLOTS, blocks={OUT: [codomain]})
