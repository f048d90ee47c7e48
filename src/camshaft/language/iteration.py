"""What can be iterated, and binding its elements to loop variables."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from camshaft.category.terms import Primitive, Project, compose, fork
from camshaft.language import aliases
from camshaft.language.body import Body, lower
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.fitting import check_order, fitted
from camshaft.language.flow import Variable
from camshaft.language.lowered import Borrow, Lowered, constant
from camshaft.language.names import is_builtin
from camshaft.language.pytypes import (
    PY_INT,
    PY_STR,
    PyDict,
    PyList,
    PySequence,
    PyTuple,
    PyType,
    is_mutable,
    is_optional,
    shown,
)


@dataclass(frozen=True, slots=True)
class Iterated:
    """Something iterated: the list of what it gives, and the type of its elements.

    `borrows`: whose containers an element is or holds; `pair_borrows`: the same for the second part of an entry.
    `watched`: what must not change meanwhile.
    """

    node: ast.expr
    value: Lowered
    element: PyType
    borrows: tuple[Borrow, ...] = ()
    pair_borrows: tuple[Borrow, ...] | None = None
    watched: Lowered | None = None


def iterated(body: Body, node: ast.expr) -> Iterated:
    """Lower what a `for` goes over. Raises Problem."""
    found = _iterated(body, node)
    body.mark(found.value.term, node)
    return found


def _iterated(body: Body, node: ast.expr) -> Iterated:
    match node:
        case ast.Call(func=ast.Name(id="range"), args=arguments, keywords=[]) if (
            "range" not in body.names and is_builtin(body.unit.names, "range")
        ):
            return _range(body, node, arguments)
        case ast.Call(func=ast.Attribute(value=owner, attr="keys" | "values" | "items" as view), args=[], keywords=[]):
            base = lower(body, owner)
            if isinstance(base.type, PyDict):
                return view_of(node, base, base.type, view)
        case _:
            pass
    value = lower(body, node)
    match value.type:
        case PyList(element) | PySequence(element):
            steps = tuple(borrow.step(None, element) for borrow in value.borrows)
            return Iterated(node, value, element, steps if is_mutable(element) else (), watched=value)
        case PyDict():
            return view_of(node, value, value.type, "keys")
        case PyTuple(elements) if elements and all(one == elements[0] for one in elements):
            listed = replace(
                value.as_value(), type=PySequence(elements[0]), term=compose(value.term, Primitive("collect"))
            )
            held = tuple(borrow.held() for borrow in value.borrows)
            return Iterated(node, listed, elements[0], held if is_mutable(elements[0]) else (), watched=value)
        case _:
            pass
    if value.type == PY_STR:
        help_ = "write `for i in range(len(text)):` and `text[i]`"
    elif is_optional(value.type):
        help_ = "test for None first"
    else:
        help_ = "a list, a dict, a tuple or a `range` can be iterated"
    raise body.problem(Code.OPERATOR, f"`{shown(value.type)}` cannot be iterated here", node, help_)


def view_of(node: ast.expr, base: Lowered, type_: PyDict, view: str) -> Iterated:
    """`d.keys()`, `d.values()`, `d.items()`: in Python these show the dict itself, so it is watched."""
    element: PyType = {"keys": type_.key, "values": type_.value}.get(view, PyTuple((type_.key, type_.value)))
    parts = tuple(borrow.step(None, type_.value) for borrow in base.borrows) if is_mutable(type_.value) else ()
    held = tuple(borrow.held() for borrow in parts)
    listed = replace(
        base.as_value(),
        type=PyList(element),
        term=compose(base.term, Primitive(view)),
        borrows=held if view != "keys" else (),
    )
    match view:
        case "keys":
            return Iterated(node, listed, element, watched=base)
        case "values":
            return Iterated(node, listed, element, parts, watched=base)
        case _:
            return Iterated(node, listed, element, held, parts, watched=base)


def _range(body: Body, node: ast.Call, arguments: list[ast.expr]) -> Iterated:
    if not 1 <= len(arguments) <= 3:
        raise body.problem(Code.ARGUMENTS, "`range` takes one to three numbers", node, "write `range(stop)`")
    bounds = [fitted(body, lower(body, one, PY_INT), PY_INT, one, "a bound of `range`") for one in arguments]
    check_order(body, list(zip(bounds, arguments, strict=True)))
    start, step = constant(PY_INT, 0, body.level), constant(PY_INT, 1, body.level)
    parts = [start, *bounds, step] if len(bounds) == 1 else [*bounds, step][:3]
    value = Lowered(
        PyList(PY_INT),
        compose(fork(*(part.at(body.level) for part in parts)), Primitive("range")),
        body.level,
        writes=frozenset[str]().union(*(part.writes for part in parts)),
    )
    return Iterated(node, value, PY_INT)


@dataclass(frozen=True, slots=True)
class Capture:
    """A name that shows a value without owning it. `root`: the name by which borrows and paths know it."""

    node: ast.Name
    root: str
    value: Lowered


def captures_of(body: Body, target: ast.expr, element: Lowered, source: Iterated) -> list[Capture]:
    """The names that a loop's target binds to parts of an element; what is iterated is watched from here on.

    Raises Problem.
    """
    if source.watched is not None:
        aliases.watch(body, source.watched, source.node, iterated=True)
    match target:
        case ast.Name():
            pairs = [(target, element, source.borrows)]
        case ast.Tuple() | ast.List():
            pairs = _unpacked(body, target, element, source.borrows, source.pair_borrows)
        case _:
            raise _not_bound(body, target)
    return [capture(body, node, value, borrows) for node, value, borrows in pairs]


def capture(body: Body, node: ast.Name, value: Lowered, borrows: tuple[Borrow, ...]) -> Capture:
    """A name for a value that belongs to others."""
    root = body.fresh(node.id)
    return Capture(node, root, replace(value, borrows=tuple(replace(borrow, capture=root) for borrow in borrows)))


def bind(body: Body, captured: Capture) -> None:
    """From here on in this flow, the name stands for the value."""
    name, value = captured.node.id, captured.value
    body.flow.variables[name] = Variable(name, value.type, (captured.root,), value=value, borrows=value.borrows)


def _unpacked(
    body: Body,
    target: ast.Tuple | ast.List,
    element: Lowered,
    borrows: tuple[Borrow, ...],
    pair_borrows: tuple[Borrow, ...] | None,
) -> list[tuple[ast.Name, Lowered, tuple[Borrow, ...]]]:
    type_ = element.type
    if not isinstance(type_, PyTuple) or len(type_.elements) != len(target.elts):
        raise body.problem(
            Code.MISMATCH,
            f"each element is `{shown(type_)}`, which is not a tuple of {len(target.elts)}",
            target,
            "bind one name" if not isinstance(type_, PyTuple) else "bind as many names as it has elements",
        )
    found: list[tuple[ast.Name, Lowered, tuple[Borrow, ...]]] = []
    for index, (one, part) in enumerate(zip(target.elts, type_.elements, strict=True)):
        value = replace(element, type=part, term=compose(element.term, Project(str(index))))
        inner = borrows
        if index == 1 and pair_borrows is not None:
            inner = pair_borrows
        elif all(borrow.exact for borrow in borrows):
            inner = tuple(borrow.step(str(index), part) for borrow in borrows)
        inner = inner if is_mutable(part) else ()
        match one:
            case ast.Name():
                found.append((one, value, inner))
            case ast.Tuple() | ast.List():
                found += _unpacked(body, one, value, inner, None)
            case _:
                raise _not_bound(body, one)
    return found


def _not_bound(body: Body, node: ast.expr) -> Problem:
    if isinstance(node, ast.Starred):
        message, help_ = "`*` does not collect in a loop's target", "bind a name, and unpack it within the loop"
    else:
        message, help_ = "a loop assigns to names only", "bind a name, and assign it within the loop"
    return body.problem(Code.UNSUPPORTED, message, node, help_)
