"""Whether the conditions of a law hold for what its metavariables stand for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from camshaft.bytecode.effects import Effects
from camshaft.bytecode.program import Place
from camshaft.category import terms as t
from camshaft.category.laws import Condition, Law, Needs
from camshaft.category.schemes import Found, fits, of_label, shaped
from camshaft.category.subterms import parts
from camshaft.category.terms import Term
from camshaft.category.typing import Context, Typed, TypeMismatch, infer
from camshaft.values.types import Type


def typed(term: Term, domain: Type, context: Context) -> Typed | None:
    """The codomain and the effects of a term, or None where it is ill-typed. The context's record of exits is not
    added to."""
    blocks: dict[str, list[Type]] = {label: [] for label in context.blocks}
    try:
        return infer(term, domain, Context(context.slots, context.functions, blocks))
    except TypeMismatch:  # a scheme fits terms of any type; here it is asked whether the types fit too
        return None


def satisfied(law: Law, found: Found, domain: Type, context: Context) -> bool:
    """Whether a law may be used for these terms on this domain. Places with keys have no laws."""
    places = [found[name, None] for name, _ in law.data if isinstance(found[name, None], Place)]
    if any(place.key_count for place in places) or _would_renumber(law, found, context):
        return False
    if not law.conditions:
        return True
    rows = _rows(law, found, domain, context)
    return rows is not None and all(_holds(condition, found, rows) for condition in law.conditions)


def _would_renumber(law: Law, found: Found, context: Context) -> bool:
    """Whether a function's body has local slots of its own, which are numbered from 1 on, and there are others around:
    where a law takes it out of its function, its numbers would mean those."""
    if len(context.slots) <= 1:
        return False
    return any(_has_locals(found[arrow.name, None]) for arrow in law.holes if arrow.closed)


def _has_locals(term: Term) -> bool:
    return isinstance(term, t.Locals) or any(map(_has_locals, parts(term)))


def _rows(law: Law, found: Found, domain: Type, context: Context) -> dict[str, list[Effects]] | None:
    """The effects of what each hole stands for, or None where the types do not fit."""
    known = fits(law.domain, domain, found)
    rows: dict[str, list[Effects]] = {}
    for arrow in law.holes:
        for label in (None,) if arrow.index is None else found[str(arrow.index), None]:
            if known is None:
                return None
            shapes = (arrow.domain, arrow.codomain)
            if label is not None:
                shapes = tuple(of_label(shape, str(arrow.index), label) for shape in shapes)  # type: ignore[assignment]
            result = typed(found[arrow.name, label], shaped(shapes[0], known), context)
            if result is None:
                return None
            codomain, effects = result
            known = fits(shapes[1], codomain, known)
            rows.setdefault(arrow.name, []).append(effects)
    return None if known is None else rows


def _holds(condition: Condition, found: Found, rows: dict[str, list[Effects]]) -> bool:
    if condition.needs is Needs.APART:
        return _apart(found[condition.subject, None], found[condition.beside or "", None])
    return all(
        _meets(condition.needs, row, other)
        for row in _of(condition.subject, found, rows)
        for other in (_of(condition.beside, found, rows) if condition.beside else [row])
    )


def _of(name: str, found: Found, rows: dict[str, list[Effects]]) -> Iterator[Effects]:
    place = found.get((name, None))
    if isinstance(place, Place):
        yield Effects(writes=frozenset({place.slot}))
    else:
        yield from rows.get(name, ())


def _meets(needs: Needs, row: Effects, other: Effects) -> bool:
    match needs:
        case Needs.DISCARDABLE:
            return row.is_discardable
        case Needs.COPYABLE:
            return row.is_copyable
        case Needs.PURE:
            return row.is_pure
        case Needs.COMMUTING:
            return row.commutes_with(other)
        case Needs.LEAVES_ALONE:
            return row.leaves_alone(other)
        case Needs.APART:
            raise AssertionError("places are compared by their paths")
        case _:
            assert_never(needs)


def _apart(left: Place, right: Place) -> bool:
    shared = min(len(left.steps), len(right.steps))
    return left.slot != right.slot or left.steps[:shared] != right.steps[:shared]
