"""What can be iterated, and binding its elements to loop variables."""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from enum import EnumMeta
from typing import Final, TypeAlias, TypeVar

from camshaft.bytecode.primitives.table import is_ordered
from camshaft.category.terms import Constant, Fork, Identity, If, MapEach, Primitive, Project, Term, compose, fork
from camshaft.language import aliases
from camshaft.language.body import Body, lower
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.fitting import applied, check_order, collected, fitted
from camshaft.language.flow import Variable
from camshaft.language.key_forms import each, thawing
from camshaft.language.keyed import Keyed, keyed, names_of, of_container, places_in, told_by
from camshaft.language.literals import members_in_order, plain
from camshaft.language.lowered import SELF, Borrow, Lowered, constant
from camshaft.language.names import object_of
from camshaft.language.pytypes import (
    PY_INT,
    PY_STR,
    PyBytes,
    PyDict,
    PyFrozenSet,
    PyList,
    PyLiteral,
    PySequence,
    PySet,
    PyStr,
    PyTuple,
    PyType,
    as_key,
    core,
    is_mutable,
    is_optional,
    shown,
)
from camshaft.language.shares import Shares
from camshaft.language.statics import enum_members, static
from camshaft.language.watching import watch
from camshaft.values.types import BOOL

_NOTHING: Final = Shares()


@dataclass(frozen=True, slots=True)
class Iterated:
    """Something iterated: the list of what it gives, and the type of its elements.

    `shares`: what an element shares with others; `watched`: what must not change meanwhile. `keyed`: where the elements
    are, if they are at places and can change; `view`: which of a dict's keys, values, entries are gone over, or that it
    is a list with its indexes.
    """

    node: ast.expr
    value: Lowered
    element: PyType
    shares: Shares = _NOTHING
    watched: Lowered | None = None
    of_set: bool = False
    keyed: Keyed | None = None
    view: str = ""

    def listed(self, type_: PyType, made: Term | None = None) -> Lowered:
        """A new list, as a value of this type, of what it gives; `made`: it from that list, where it is another."""
        value = self.value.as_value()
        borrows = tuple(borrow.collected() for borrow in self.shares.borrows)
        term = value.term if made is None else compose(value.term, made)
        listed = replace(value, type=type_, term=term, borrows=borrows, stable=False)
        return told_by(listed, self.keyed) if made is None else listed


Iterable: TypeAlias = Callable[[Body, ast.Call], Iterated]

ITERABLES: Final[dict[object, Iterable]] = {}
"""The functions whose result can only be iterated, by the function itself: `range`, `zip`."""

H = TypeVar("H", bound=Iterable)


def iterable(function: object) -> Callable[[H], H]:
    """Register what a call of a function gives where it is iterated."""

    def register(handler: H) -> H:
        ITERABLES[function] = handler
        return handler

    return register


def iterated(body: Body, node: ast.expr, *, any_order: bool = False) -> Iterated:
    """Lower what a function goes through to its end before it does anything else. Raises Problem.

    `any_order`: the result does not depend on the order.
    """
    if isinstance(node, ast.GeneratorExp):
        listed = ast.copy_location(ast.ListComp(node.elt, node.generators), node)
        return elements_of(body, node, lower(body, listed), any_order=any_order)
    return gone_over(body, node, any_order=any_order)


def gone_over(body: Body, node: ast.expr, *, any_order: bool = False) -> Iterated:
    """Lower what a loop goes over, element by element. Raises Problem."""
    found = view(body, node) or elements_of(body, node, lower(body, node), any_order=any_order)
    body.mark(found.value.term, node)
    return found


def view(body: Body, node: ast.expr) -> Iterated | None:
    """What can be iterated and is no value of its own: `range(n)`, `zip(xs, ys)`, `d.items()`; None for all else."""
    match node:
        case ast.Name() | ast.Attribute():
            cls = static(body, node)
            if not isinstance(cls, EnumMeta):
                return None
            members = enum_members(body, cls, node)
            assert isinstance(members.type, PyList)
            return Iterated(node, members, members.type.element)
        case ast.Call(func=ast.Name(id=name)) if name not in body.names and name not in body.flow.variables:
            handler = ITERABLES.get(function_of(body, name))
            return None if handler is None else handler(body, node)
        case ast.Call(
            func=ast.Attribute(value=owner, attr="keys" | "values" | "items" as name), args=[], keywords=[]
        ) if not aliases.is_own(body, owner):
            base = lower(body, owner)
            return view_of(body, node, base, base.type, name) if isinstance(base.type, PyDict) else None
        case _:
            return None


def function_of(body: Body, name: str) -> object:
    """The function that a name of the module stands for, None where it stands for none."""
    found = object_of(body.unit.names, ast.Name(name))
    return found if isinstance(found, Hashable) and callable(found) else None


def elements_of(body: Body, node: ast.expr, value: Lowered, *, any_order: bool = False) -> Iterated:
    """What a value gives where it is iterated. Raises Problem."""
    value = plain(value)
    match value.type:
        case PySet(element) | PyFrozenSet(element):
            return _members(body, node, value, element, any_order=any_order)
        case PyBytes():
            numbers = replace(
                value.as_value(), type=PyList(PY_INT), term=compose(value.term, Primitive("bytes_to_list"))
            )
            return Iterated(node, numbers, PY_INT, watched=value)
        case PyList(element) | PySequence(element):
            steps = tuple(borrow.step(None, element) for borrow in value.borrows)
            shares = Shares(steps if is_mutable(element) else ())
            return Iterated(node, value, element, shares, watched=value, keyed=keyed(body, value))
        case PyDict():
            return view_of(body, node, value, value.type, "keys")
        case PyTuple(elements) if elements and all(one == elements[0] for one in elements):
            listed = replace(
                value.as_value(), type=PySequence(elements[0]), term=compose(value.term, Primitive("collect"))
            )
            held = tuple(borrow.held() for borrow in value.borrows)
            return Iterated(node, listed, elements[0], Shares(held if is_mutable(elements[0]) else ()), watched=value)
        case PyStr():
            characters = replace(
                value.as_value(), type=PyList(PY_STR), term=compose(value.term, Primitive("str_characters"))
            )
            return Iterated(node, characters, PY_STR, watched=value)
        case _:
            help_ = (
                "test for None first"
                if is_optional(value.type)
                else "a list, a dict, a tuple, a text or a `range` can be iterated"
            )
            raise body.problem(Code.OPERATOR, f"`{shown(value.type)}` cannot be iterated here", node, help_)


def _members(body: Body, node: ast.expr, value: Lowered, element: PyType, *, any_order: bool) -> Iterated:
    """The members of a set, in order, for what does not depend on the set's own. Raises Problem."""
    in_order = is_ordered(core(element)) or isinstance(element, PyLiteral)
    if not any_order or not in_order:
        raise body.problem(
            Code.ORDER,
            "a set gives its members in an order that differs between processes",
            node,
            f"write `sorted({ast.unparse(node)})`"
            if in_order
            else f"use a dict with `True` as each value: a `{shown(element)}` has no order to sort by",
        )
    term: Term = Primitive("set_sorted")
    if isinstance(element, PyLiteral):
        term, element = members_in_order(element), element.base
    else:
        term = compose(fork(Identity(), Constant(BOOL, False)), term, each(thawing(element)))
    listed = replace(value.as_value(), type=PyList(element), term=compose(value.term, term), borrows=())
    return Iterated(node, listed, element, of_set=True)


def view_of(body: Body, node: ast.expr, base: Lowered, type_: PyDict, name: str) -> Iterated:
    """`d.keys()`, `d.values()`, `d.items()`: in Python these show the dict itself, so it is watched."""
    element: PyType = {"keys": type_.key, "values": type_.value}.get(name, PyTuple((type_.key, type_.value)))
    parts = tuple(borrow.step(None, type_.value) for borrow in base.borrows) if is_mutable(type_.value) else ()
    of_value = Shares(parts)
    shares = {"keys": Shares(), "values": of_value}.get(name, Shares.of_parts(Shares(), of_value))
    listed = replace(
        base.as_value(),
        type=PyList(element),
        term=compose(base.term, Primitive(name), _shown(type_, name)),
        borrows=tuple(borrow.held() for borrow in shares.borrows),
    )
    return Iterated(node, listed, element, shares, watched=base, keyed=of_container(body, base, name), view=name)


def _shown(type_: PyDict, name: str) -> Term:
    """The list of what a dict holds -> the list of what it shows"""
    if name == "keys":
        return each(thawing(type_.key))
    if name == "values" or as_key(type_.key) == type_.key:
        return Identity()
    return each(fork(compose(Project("0"), thawing(type_.key)), Project("1")))


def range_parts(body: Body, node: ast.Call) -> tuple[Lowered, Lowered, Lowered]:
    """Start, stop and step of a call of `range`. Raises Problem."""
    arguments = node.args
    if not 1 <= len(arguments) <= 3 or node.keywords or any(isinstance(one, ast.Starred) for one in arguments):
        raise body.problem(Code.ARGUMENTS, "`range` takes one to three numbers", node, "write `range(stop)`")
    bounds = [fitted(body, lower(body, one, PY_INT), PY_INT, one, "a bound of `range`") for one in arguments]
    check_order(body, list(zip(bounds, arguments, strict=True)))
    start, step = constant(PY_INT, 0, body.level), constant(PY_INT, 1, body.level)
    match bounds:
        case [stop]:
            return start, stop, step
        case [first, stop]:
            return first, stop, step
        case _:
            return bounds[0], bounds[1], bounds[2]


@iterable(range)
def _range(body: Body, node: ast.Call) -> Iterated:
    return range_of(body, node, range_parts(body, node))


def range_of(body: Body, node: ast.expr, parts: tuple[Lowered, Lowered, Lowered]) -> Iterated:
    """The integers from start to stop by steps, evaluated in this order."""
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
    loop: ast.AST | None = None


def captures_of(
    body: Body, target: ast.expr, element: Lowered, source: Iterated, loop: ast.AST | None = None
) -> list[Capture]:
    """The names that a loop's target binds to parts of an element; what is iterated is watched from here on.

    `loop`: the loop, where it could go over places instead. Raises Problem.
    """
    bound = _bound(body, target, element, source.shares)
    captures = [capture(body, node, value, borrows, loop) for node, value, borrows in bound]
    if source.watched is not None:
        key = own_key(target, source)
        roots = [one.root for one in captures if one.node is key]
        watch(body, source.watched, source.node, loop, key=roots[0] if roots else "")
    return captures


def own_key(target: ast.expr, source: Iterated) -> ast.Name | None:
    """The name in a loop's target that shows each element's own key or index."""
    match source.view, target:
        case ("keys", ast.Name() as key) | ("items" | "indexes", ast.Tuple(elts=[ast.Name() as key, _])):
            return key
        case _:
            return None


def capture(
    body: Body, node: ast.Name, value: Lowered, borrows: tuple[Borrow, ...], loop: ast.AST | None = None
) -> Capture:
    """A name for a value that belongs to others. Raises Problem."""
    if node.id == SELF:
        # Its fields would still be looked for in the machine, whatever it stood for.
        raise body.problem(Code.UNSUPPORTED, "`self` cannot be assigned", node, "bind another name")
    root = body.fresh(node.id)
    held = tuple(replace(borrow, capture=root) for borrow in borrows)
    return Capture(node, root, replace(value, borrows=held), loop if is_mutable(value.type) else None)


def bind(body: Body, captured: Capture) -> None:
    """From here on in this flow, the name stands for the value."""
    name, value = captured.node.id, captured.value
    aliases.renamed(body, name)
    body.flow.variables[name] = Variable(
        name, value.type, (captured.root,), value=value, borrows=value.borrows, loop=captured.loop
    )


def _bound(
    body: Body, target: ast.expr, element: Lowered, shares: Shares
) -> list[tuple[ast.Name, Lowered, tuple[Borrow, ...]]]:
    """The names in a target, each with the part of an element that it is bound to. Raises Problem."""
    match target:
        case ast.Name():
            return [(target, element, shares.borrows)]
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            pass
        case _:
            raise _not_bound(body, target)
    type_ = element.type
    if not isinstance(type_, PyTuple) or len(type_.elements) != len(targets):
        raise body.problem(
            Code.MISMATCH,
            f"each element is `{shown(type_)}`, which is not a tuple of {len(targets)}",
            target,
            "bind one name" if not isinstance(type_, PyTuple) else "bind as many names as it has elements",
        )
    bound = []
    for index, (one, part) in enumerate(zip(targets, type_.elements, strict=True)):
        value = replace(element, type=part, term=compose(element.term, Project(str(index))))
        bound += _bound(body, one, value, shares.part(index, part))
    return bound


def _not_bound(body: Body, node: ast.expr) -> Problem:
    if isinstance(node, ast.Starred):
        message, help_ = "`*` does not collect in a loop's target", "bind a name, and unpack it within the loop"
    else:
        message, help_ = "a loop assigns to names only", "bind a name, and assign it within the loop"
    return body.problem(Code.UNSUPPORTED, message, node, help_)


def picked(
    body: Body, source: Iterated, target: ast.expr, name: str, conditions: Sequence[Lowered], level: int
) -> Keyed | None:
    """Where the elements are of a list that has what a name shows in those rounds in which conditions hold.

    The conditions are terms of the scope, at this level, in which the element is bound.
    """
    finding = source.keyed
    if finding is None:
        return None
    part = {one.id: part for one, part in names_of(target, source.element, finding.part)}.get(name)
    if part is None or not any(places_in(part)):
        return None
    if not conditions:
        return replace(finding, part=part)
    both = applied(Primitive("list_zip"), [source.value.at(body.level), finding.value.at(body.level)])
    # (environment, (element, what finds it)) -> (environment, element)
    before = Fork((("0", Project("0")), ("1", compose(Project("1"), Project("0")))))
    term: Term = collected([compose(Project("1"), Project("1"))])
    for condition in reversed(conditions):
        term = If(compose(before, condition.at(level)), term, Constant(core(finding.value.type), []))
    rounds = compose(Fork((("0", Identity()), ("1", both))), MapEach(term), Primitive("flatten"))
    return replace(finding.rearranged(rounds), part=part)
