"""Looking for a text in a text, or in a part of it: `find`, `rfind`, `index`, `rindex`, `count`.

Bounds are those of Python: negative ones count from the end, one beyond the end is the end, and where the start is
behind the end nothing is found, not even an empty text.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Final

from camshaft.category.terms import Constant, If, Primitive, Term, Trap, compose, operate
from camshaft.language.body import Body, lower
from camshaft.language.fitting import check_order, fitted, operation
from camshaft.language.library.handlers import MethodHandler, MethodName, Parameter, matched, pinned
from camshaft.language.lowered import Lowered
from camshaft.language.pytypes import PY_INT, PY_STR, PyStr, PyType
from camshaft.values.types import INT, STR

_PARAMETERS: Final = [
    Parameter("sub", positional=True),
    Parameter("start", positional=True, optional=True),
    Parameter("end", positional=True, optional=True),
]


def _search(name: str, primitive: str, missing: int, *, traps: bool = False) -> MethodHandler:
    """`missing`: what is answered where there is nothing. `traps`: that is a `ValueError`."""

    def handler(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
        del expected
        given = matched(body, node, name, _PARAMETERS)
        assert isinstance(node.func, ast.Attribute)
        sub = fitted(body, lower(body, given["sub"], PY_STR), PY_STR, given["sub"], f"what `{name}` looks for")
        operands: list[tuple[Lowered, ast.AST]] = [(base, node.func.value), (sub, given["sub"])]
        if "start" not in given:
            found = operation(body, PY_INT, Primitive(primitive), operands)
        else:
            found = _within(body, [*operands, *_bounds(body, given, name)], primitive, missing)
        return pinned(body, found, lambda at: _or_trap(body, at)) if traps else found

    return handler


def _bounds(body: Body, given: dict[str, ast.expr], name: str) -> list[tuple[Lowered, ast.AST]]:
    return [
        (fitted(body, lower(body, given[one], PY_INT), PY_INT, given[one], f"the {one} of `{name}`"), given[one])
        for one in ("start", "end")
        if one in given
    ]


def _within(body: Body, operands: list[tuple[Lowered, ast.AST]], primitive: str, missing: int) -> Lowered:
    """The search in a part of the text, all of whose operands are evaluated once and in order."""
    check_order(body, operands)

    def bound(waiting: list[Lowered], done: tuple[Lowered, ...]) -> Lowered:
        if waiting:
            return pinned(body, waiting[0], lambda one: bound(waiting[1:], (*done, one)))
        text, sub, *bounds = done
        length = Lowered(PY_INT, compose(text.at(body.level), Primitive("length")), body.level, calm=True)
        return pinned(body, length, lambda size: with_size(text, sub, bounds, size))

    def with_size(text: Lowered, sub: Lowered, bounds: list[Lowered], size: Lowered) -> Lowered:
        begin = _from_the_end(body, bounds[0], size)
        end = size if len(bounds) == 1 else _least(body, _from_the_end(body, bounds[1], size), size)
        return pinned(
            body,
            begin,
            lambda low: pinned(body, end, lambda high: _searched(body, primitive, missing, text, sub, low, high)),
        )

    found = bound([value for value, _ in operands], ())
    return replace(found, calm=all(value.calm for value, _ in operands))


def _from_the_end(body: Body, bound: Lowered, size: Lowered) -> Lowered:
    """A bound that counts from the end where it is negative, and is zero where it is before the beginning."""
    number, zero = bound.at(body.level), Constant(INT, 0)
    moved = compose(operate(Primitive("add"), number, size.at(body.level)), Primitive("cap"))
    is_before = operate(Primitive("less"), operate(Primitive("add"), number, size.at(body.level)), zero)
    term = If(operate(Primitive("less"), number, zero), If(is_before, zero, moved), number)
    return Lowered(PY_INT, term, body.level, calm=True)


def _least(body: Body, one: Lowered, other: Lowered) -> Lowered:
    left, right = one.at(body.level), other.at(body.level)
    return Lowered(PY_INT, If(operate(Primitive("less"), left, right), left, right), body.level, calm=True)


def _searched(
    body: Body, primitive: str, missing: int, text: Lowered, sub: Lowered, low: Lowered, high: Lowered
) -> Lowered:
    begin, end, nothing = low.at(body.level), high.at(body.level), Constant(INT, missing)
    part = operate(Primitive("str_slice"), text.at(body.level), begin, end, Constant(INT, 1))
    found = Lowered(PY_INT, operate(Primitive(primitive), part, sub.at(body.level)), body.level, calm=True)

    def placed(at: Lowered) -> Lowered:
        number = at.at(body.level)
        if missing >= 0:
            return at  # a count
        sum_ = compose(operate(Primitive("add"), number, low.at(body.level)), Primitive("cap"))
        return replace(at, term=If(_is_negative(number), nothing, sum_), level=body.level)

    inner = pinned(body, found, placed)
    return replace(inner, term=If(operate(Primitive("less"), end, begin), nothing, inner.at(body.level)))


def _is_negative(number: Term) -> Term:
    return operate(Primitive("less"), number, Constant(INT, 0))


def _or_trap(body: Body, at: Lowered) -> Lowered:
    failure = compose(Constant(STR, "the part is not in the text"), Trap("ValueError"))
    number = at.at(body.level)
    return Lowered(PY_INT, If(_is_negative(number), failure, number), body.level)


METHODS: Final[dict[MethodName, MethodHandler]] = {
    (PyStr, "find"): _search("find", "str_find", -1),
    (PyStr, "rfind"): _search("rfind", "str_rfind", -1),
    (PyStr, "index"): _search("index", "str_find", -1, traps=True),
    (PyStr, "rindex"): _search("rindex", "str_rfind", -1, traps=True),
    (PyStr, "count"): _search("count", "str_count", 0),
}
