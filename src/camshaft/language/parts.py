"""The parts of an object: a field, an element of a tuple, an element under an index or a key.

A part of what is at a place is at a place too. Python evaluates the container, then the key, then looks it up.
"""

from __future__ import annotations

import ast
from contextlib import suppress
from dataclasses import replace
from typing import Any

from camshaft.category.terms import Primitive, Project, Term, compose, fork, operate
from camshaft.language.body import Body, lower
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import check_order, fitted
from camshaft.language.keyed import keyed, picked_out
from camshaft.language.lowered import Lowered
from camshaft.language.pytypes import PY_INT, PyList, PySequence, PyTuple, PyType, is_mutable, shown


def part(base: Lowered, label: str, type_: PyType, node: ast.AST) -> Lowered:
    """A field of a record or an element of a tuple."""
    place = None if base.place is None else base.place.field(label)
    term: Term = compose(base.term, Project(label)) if place is None or base.held else place.get(base.level)
    borrows = tuple(borrow.step(label, type_, node) for borrow in base.borrows)
    return replace(
        base,
        type=type_,
        term=term,
        wide=False,
        borrows=borrows if is_mutable(type_) else (),
        path=None if base.path is None else (*base.path, label),
        place=place,
        present=None,
        maybe=None,
    )


def fitted_index(body: Body, node: ast.expr) -> Lowered:
    """An index, which is not checked for size: one that is too large is out of range anyway. Raises Problem."""
    index = lower(body, node, PY_INT)
    if index.type != PY_INT:
        fitted(body, index, PY_INT, node, "an index")
    return index


def element(
    body: Body, base: Lowered, type_: PyType, key: Lowered, primitive: Primitive, node: ast.Subscript
) -> Lowered:
    """The element under a key. Python evaluates the container, then the key, then looks it up."""
    if key.writes:
        raise body.problem(
            Code.ORDER,
            "an index or a key must not change the state",
            node.slice,
            "compute it on a line of its own, before",
        )
    check_order(body, [(base, node.value), (key, node.slice)])
    place = None if base.place is None else base.place.element(key)
    # In one step the keys are all evaluated first: the same as Python where a later key cannot fail before an earlier
    # container does.
    one_step = place is not None and (key.calm or (base.place is not None and base.place.is_known))
    if place is not None and one_step and not base.held:
        term = place.get(body.level)
    else:
        term = compose(fork(base.at(body.level), key.at(body.level)), primitive)
    borrows = tuple(borrow.step(None, type_, node) for borrow in base.borrows)
    is_list = place is None and is_mutable(type_) and isinstance(base.type, PyList)
    listed = keyed(body, base) if is_list else None
    if listed is not None:
        finding = operate(primitive, listed.value.at(body.level), key.at(body.level))
        found = Lowered(listed.element, finding, body.level)
        value = Lowered(type_, term, body.level, borrows=borrows, writes=base.writes)
        return picked_out(body, listed, found, value, node)
    return Lowered(
        type_,
        term,
        body.level,
        borrows=borrows if is_mutable(type_) else (),
        writes=base.writes | key.writes,
        path=None if base.path is None else (*base.path, None),
        place=place if one_step else None,
        held=base.held and one_step,
    )


def tuple_element(body: Body, base: Lowered, type_: PyTuple, node: ast.Subscript) -> Lowered:
    index: Any = None
    with suppress(ValueError):
        index = ast.literal_eval(node.slice)
    if type(index) is not int:
        first = type_.elements[0] if type_.elements else None
        if first is not None and all(one == first for one in type_.elements) and not is_mutable(first):
            # Whichever element it is, its type is the same: the tuple is a list that never changes.
            listed = replace(base.as_value(), type=PySequence(first), term=compose(base.term, Primitive("collect")))
            return element(body, listed, first, fitted_index(body, node.slice), Primitive("list_index"), node)
        raise body.problem(
            Code.OPERATOR,
            f"the elements of `{shown(type_)}` have types of their own: the index must be a number written out",
            node.slice,
            "write `pair[0]`, or use a list",
        )
    if not -len(type_.elements) <= index < len(type_.elements):
        raise body.problem(
            Code.OPERATOR,
            f"`{shown(type_)}` has no element {index}",
            node.slice,
            f"its elements are 0 to {len(type_.elements) - 1}",
        )
    position = index % len(type_.elements)
    return part(base, str(position), type_.elements[position], node)
