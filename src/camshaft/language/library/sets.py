"""Sets: displays, `set(xs)`, `frozenset(xs)`, and their methods. A set in a place is changed there.

A set has no order of its own that is the same in every process, so only `sorted` leads from it to its members.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from camshaft.category.terms import (
    Constant,
    If,
    Primitive,
    Project,
    Term,
    compose,
    fork,
)
from camshaft.language import aliases
from camshaft.language.body import Body, expression, lower
from camshaft.language.change import Kind
from camshaft.language.diagnostics import Code
from camshaft.language.displays import check_hashable
from camshaft.language.fitting import applied, check_order, collected, fits, fitted, joined, operation
from camshaft.language.iteration import elements_of, iterated, view
from camshaft.language.key_forms import each, freezing, frozen
from camshaft.language.library.changes import Container, argument, bound, check_apart, looked_up, on_place
from camshaft.language.library.handlers import ChangeHandler, FunctionHandler, MethodHandler, MethodName
from camshaft.language.lowered import Lowered, constant, nothing
from camshaft.language.pytypes import PY_BOOL, PyFrozenSet, PyList, PySet, PyType, core, members, shown
from camshaft.language.unpacked_displays import unpacked_list, unpacks
from camshaft.values.types import UNIT

SetType = PySet | PyFrozenSet


def wanted_element(expected: PyType | None) -> PyType | None:
    """The members' type of the set that a place wants, None where it wants none."""
    if expected is None:
        return None
    return next((one.element for one in members(expected) if isinstance(one, SetType)), None)


@expression(ast.Set)
def set_display(body: Body, node: ast.Set, expected: PyType | None) -> Lowered:
    """`{a, b}`"""
    want = wanted_element(expected)
    if unpacks(node.elts):
        listed = unpacked_list(body, node, want and PyList(want))
        assert isinstance(listed.type, PyList)
        return set_of_list(body, listed, listed.type.element, node)
    values = [lower(body, one, want) for one in node.elts]
    check_order(body, list(zip(values, node.elts, strict=True)))
    common = want is not None and all(fits(value.type, want) for value in values)
    type_ = want if common and want is not None else joined(body, [value.type for value in values], node)
    check_hashable(body, type_, node.elts[0], "a member of a set")
    stored = [frozen(fitted(body, value, type_, one)) for value, one in zip(values, node.elts, strict=True)]
    term = compose(collected([value.at(body.level) for value in stored]), Primitive("set_of"))
    return Lowered(
        PySet(type_),
        term,
        body.level,
        calm=all(value.calm for value in stored),
        writes=frozenset[str]().union(*(value.writes for value in stored)),
    )


def set_of_list(body: Body, listed: Lowered, element: PyType, node: ast.AST) -> Lowered:
    """The set of a list's elements, for whatever makes one from a list. Raises Problem."""
    check_hashable(body, element, node, "a member of a set")
    term = compose(listed.term, each(freezing(element)), Primitive("set_of"))
    return replace(listed.as_value(), type=PySet(element), term=term, borrows=(), stable=False)


def as_set(body: Body, node: ast.expr, expected: PyType | None = None) -> Lowered:
    """A set, or the set of the elements of what can be iterated; it borrows nothing. Raises Problem."""
    source = iterated(body, node) if isinstance(node, ast.GeneratorExp) else view(body, node)
    if source is None:
        value = lower(body, node, expected)
        if isinstance(value.type, SetType):
            return replace(value.as_value(), borrows=(), stable=False)
        source = elements_of(body, node, value)
    return set_of_list(body, source.value, source.element, node)


def _constructor(make: type[PySet] | type[PyFrozenSet], name: str) -> FunctionHandler:
    """`set()`, `set(xs)`, and the same of `frozenset`"""

    def handler(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
        want = wanted_element(expected)
        if not node.args and not node.keywords:
            if want is None:
                raise body.problem(
                    Code.UNTYPED_EMPTY,
                    f"it cannot be seen what this empty {name} will hold",
                    node,
                    f"annotate the variable that it is assigned to: `s: {name}[int] = {name}()`",
                )
            return constant(make(want), {}, body.level)
        where = _only(body, node, name)
        value = as_set(body, where, None if want is None else PyList(want))
        assert isinstance(value.type, SetType)
        if want is not None and value.type.element != want and fits(value.type.element, want):
            raise body.problem(
                Code.MISMATCH,
                f"this makes a set of `{shown(value.type.element)}`, and a set of `{shown(want)}` is wanted",
                where,
                f"annotate the list that it is made of: `list[{shown(want)}]`",
            )
        return replace(value, type=make(value.type.element))

    return handler


def _only(body: Body, node: ast.Call, name: str) -> ast.expr:
    if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
        raise body.problem(Code.ARGUMENTS, f"`{name}` takes one argument here", node, f"write `{name}(x)`")
    return node.args[0]


FUNCTIONS: Final[dict[object, FunctionHandler]] = {
    set: _constructor(PySet, "set"),
    frozenset: _constructor(PyFrozenSet, "frozenset"),
}


# ---- what they are asked ---------------------------------------------------------------------------------------------


def _with_others(primitive: str) -> MethodHandler:
    """`s.union(xs)`: of any number of sets, or of what can be iterated."""

    def handler(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
        del expected
        result, where = base, _receiver(node)
        operands = [(base, where), *((other, one) for other, one in _others(body, node, base.type))]
        check_order(body, operands)
        if len(operands) == 1:
            return replace(base.as_value(), borrows=(), stable=False)
        # All of them are evaluated before the first two are put together; what is left cannot fail.
        for operand in operands[1:]:
            result = operation(body, base.type, Primitive(primitive), [(result, where), operand])
        return result

    return handler


def _asked(term: Term) -> MethodHandler:
    """`s.issubset(xs)`"""

    def handler(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
        del expected
        _only(body, node, ast.unparse(node.func))
        ((other, where),) = _others(body, node, base.type)
        return operation(body, PY_BOOL, term, [(base, _receiver(node)), (other, where)])

    return handler


def _copy(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
    """`s.copy()`"""
    del expected
    if node.args or node.keywords:
        raise body.problem(Code.ARGUMENTS, "`copy` takes no arguments", node, "leave them out")
    return replace(base.as_value(), borrows=(), stable=False)


def _receiver(node: ast.Call) -> ast.expr:
    assert isinstance(node.func, ast.Attribute)
    return node.func.value


def _others(body: Body, node: ast.Call, type_: PyType) -> list[tuple[Lowered, ast.expr]]:
    """The arguments of a method, as sets of the members' type. Raises Problem."""
    assert isinstance(type_, SetType)
    found = []
    if node.keywords:
        raise body.problem(Code.ARGUMENTS, "this takes no names", node.keywords[0].value, "leave the name out")
    for one in node.args:
        if isinstance(one, ast.Starred):
            raise body.problem(Code.UNSUPPORTED, "`*` does not unpack into arguments here", one, "write them out")
        other = as_set(body, one, PyList(type_.element))
        assert isinstance(other.type, SetType)
        if other.type.element != type_.element:
            raise body.problem(
                Code.MISMATCH,
                f"the members here are `{shown(type_.element)}`, and these are `{shown(other.type.element)}`",
                one,
                f"give a set or a list of `{shown(type_.element)}`",
            )
        found.append((other, one))
    return found


_SUBSET: Final = Primitive("set_is_subset")
_SUPERSET: Final = compose(fork(Project("1"), Project("0")), _SUBSET)

_OPERATIONS: Final = {
    "union": "set_union",
    "intersection": "set_intersection",
    "difference": "set_difference",
    "symmetric_difference": "set_symmetric_difference",
}

METHODS: Final[dict[MethodName, MethodHandler]] = {
    (kind, name): handler
    for kind in (PySet, PyFrozenSet)
    for name, handler in {
        **{name: _with_others(primitive) for name, primitive in _OPERATIONS.items()},
        "issubset": _asked(_SUBSET),
        "issuperset": _asked(_SUPERSET),
        "isdisjoint": _asked(Primitive("set_is_disjoint")),
        "copy": _copy,
    }.items()
}


# ---- changes ---------------------------------------------------------------------------------------------------------


def _member_change(build: Callable[[Body, Container, Lowered], Term], name: str) -> ChangeHandler:
    """`s.add(x)`, `s.remove(x)`, `s.discard(x)`"""

    def handler(body: Body, node: ast.Call, function: ast.Attribute) -> Term:
        where = _only(body, node, name)

        def change(found: Container) -> Term:
            assert isinstance(found.type, PySet)
            member = frozen(argument(body, found, where, found.type.element, f"a member of `{found.name}`"))
            aliases.changed(body, Kind.GROWS, found.path, node)
            term = bound(body, [member], lambda values: build(body, found, values[0]))
            return looked_up(body, found, [member], term)

        return on_place(body, function.value, change)

    return handler


def _add(body: Body, found: Container, member: Lowered) -> Term:
    return found.element(member).put(Constant(UNIT, ()), body.level)


def _remove(body: Body, found: Container, member: Lowered) -> Term:
    return found.element(member).delete(body.level)


def _discard(body: Body, found: Container, member: Lowered) -> Term:
    is_there = applied(Primitive("set_contains"), [found.get(body), member.at(body.level)])
    return If(is_there, _remove(body, found, member), nothing())


def _clear(body: Body, node: ast.Call, function: ast.Attribute) -> Term:
    """`s.clear()`"""
    if node.args or node.keywords:
        raise body.problem(Code.ARGUMENTS, "`clear` takes no arguments", node, "leave them out")

    def change(found: Container) -> Term:
        aliases.changed(body, Kind.GROWS, found.path, node)
        # The set itself is looked up too: where there is none, Python fails.
        return found.put(body, compose(found.get(body), Constant(core(found.type), {})))

    return on_place(body, function.value, change)


def _update(primitive: str) -> ChangeHandler:
    """`s.update(xs)`, `s.difference_update(xs)`: with any number of sets, or of what can be iterated."""

    def handler(body: Body, node: ast.Call, function: ast.Attribute) -> Term:
        def change(found: Container) -> Term:
            others = _others(body, node, found.type)
            check_order(body, others)
            for other, where in others:
                check_apart(body, found, other, where)
            aliases.changed(body, Kind.GROWS, found.path, node)
            whole = found.get(body)
            for other, _ in others:
                whole = applied(Primitive(primitive), [whole, other.at(body.level)])
            return found.put(body, whole)

        return on_place(body, function.value, change)

    return handler


CHANGES: Final[dict[MethodName, ChangeHandler]] = {
    (PySet, "add"): _member_change(_add, "add"),
    (PySet, "remove"): _member_change(_remove, "remove"),
    (PySet, "discard"): _member_change(_discard, "discard"),
    (PySet, "clear"): _clear,
    (PySet, "update"): _update("set_union"),
    (PySet, "difference_update"): _update("set_difference"),
    (PySet, "intersection_update"): _update("set_intersection"),
    (PySet, "symmetric_difference_update"): _update("set_symmetric_difference"),
}

HINTS: Final[dict[MethodName, str]] = {
    (PySet, "pop"): "take one that is the same in every process: `x = min(s)` and `s.remove(x)`",
}
