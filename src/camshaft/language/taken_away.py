"""Loops over a copy of a dict's entries that delete some which they have yet to come to.

`for lot in list(self.lots.values()): lot.best -= 1; if lot.best == 0: del self.lots[lot.name]`: nobody here knows that
an entry's name is its key, so that what is deleted may be another round's. In Python that round has the object all the
same. So the loop goes over pairs of a key and a copy of what is there when it begins, and a round asks first whether
its entry is still there: it changes it in its place then, and else the copy, which nobody has any more.

The copy is right because nothing else changes elements meanwhile, nobody else has what is deleted, and nothing is put
under a key but the round's own: `watching` refuses what would.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from camshaft.category.terms import Fork, Identity, If, MapEach, Primitive, Term, compose, fork
from camshaft.language.body import Body
from camshaft.language.fitting import applied
from camshaft.language.keyed import AtPlace, Keyed, Part, at_place, places_in
from camshaft.language.lowered import Lowered
from camshaft.language.pytypes import PyDict, PyTuple, core


def element(part: Part) -> AtPlace | None:
    """The one part of what a loop shows that is at a place in a dict, None where there is no such one."""
    found = list(places_in(part))
    one = found[0] if len(found) == 1 else None
    return one if one is not None and isinstance(one.base.type, PyDict) and not one.way else None


def comes_once(node: ast.expr) -> bool:
    """Whether an expression gives each entry of a dict at most once, as it is written."""
    match node:
        case ast.Call(func=ast.Name(id="list" | "sorted" | "tuple" | "reversed"), args=[inner]):
            return comes_once(inner)
        case ast.ListComp(elt=ast.Name(), generators=[only]):
            return comes_once(only.iter)
        case ast.Call(func=ast.Attribute(attr="values" | "items"), args=[]):
            return True
        case _:
            return False


def pair(keyed: Keyed, taken: AtPlace) -> PyTuple:
    """The type of what such a loop goes over: what finds an element, and a copy of it."""
    return PyTuple((keyed.element, taken.type))


def with_copies(body: Body, keyed: Keyed, taken: AtPlace, node: ast.AST) -> Term:
    """environment -> the list of these pairs"""
    inner, port = body.flow.inner(core(keyed.element))
    found = Lowered(keyed.element, inner.scope.read(port), inner.scope.level, calm=True, stable=True)
    one = body.within(inner, lambda: at_place(body, taken, found, node))
    return compose(
        Fork((("0", Identity()), ("1", keyed.value.at(body.level)))), MapEach(fork(found.term, one.at(found.level)))
    )


def either(body: Body, taken: AtPlace, found: Lowered, there: Callable[[], Term], gone: Callable[[], Term]) -> Term:
    """environment -> (): a round for an element that is in its place still, or one for what was taken away."""
    assert taken.base.place is not None
    key = compose(found.at(body.level), taken.key)
    is_there = applied(Primitive("map_contains"), [taken.base.place.get(body.level), key])
    flows = [body.flow.copy(), body.flow.copy()]
    terms = [body.within(flow, build) for flow, build in zip(flows, (there, gone), strict=True)]
    body.flow.join(flows)
    return If(is_there, terms[0], terms[1])
