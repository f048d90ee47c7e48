"""`datetime` in UTC and `timedelta`: making them, and what they have. Nothing here reads a clock.

Numbers are whole: Python rounds the fractions of a `timedelta` in ways that differ between its arguments.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from camshaft.category.subterms import anew
from camshaft.category.terms import Constant, Fork, If, Primitive, Project, Term, Trap, compose
from camshaft.language.arguments import Given, Wanted, arguments
from camshaft.language.body import Body
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import applied
from camshaft.language.library.handlers import FunctionHandler, MethodHandler, MethodName
from camshaft.language.lowered import Lowered
from camshaft.language.pytypes import (
    NO_DEFAULT,
    PY_DURATION,
    PY_FLOAT,
    PY_INT,
    PY_STR,
    PY_TIME,
    PyDuration,
    PyTime,
    PyType,
)
from camshaft.language.statics import attribute, static
from camshaft.language.time_formats import formatted_time
from camshaft.values.times import DAY, SECOND
from camshaft.values.types import INT, STR, TIME

_UNITS: Final = {
    "days": DAY,
    "seconds": SECOND,
    "microseconds": 1,
    "milliseconds": 1_000,
    "minutes": 60 * SECOND,
    "hours": 3_600 * SECOND,
    "weeks": 7 * DAY,
}
"""The microseconds of what a `timedelta` is made of, in the order of its parameters."""

_PARTS: Final = ("year", "month", "day", "hour", "minute", "second", "microsecond")

_C_INT: Final = 2**31
"""Python takes the parts of a `datetime` as machine integers: beyond them it says OverflowError, else ValueError."""


# ---- timedelta -------------------------------------------------------------------------------------------------------


def _timedelta(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`timedelta(days=1, hours=2)`: the exact sum, of which only the whole is checked for its range."""
    del expected
    for one in (*node.args, *(keyword.value for keyword in node.keywords)):
        if isinstance(one, ast.Constant) and type(one.value) is float:
            raise body.problem(
                Code.ARGUMENTS,
                "a part of a `timedelta` is a whole number here",
                one,
                "write it in a smaller unit: `minutes=90` for an hour and a half",
            )
    given = arguments(body, node, [Wanted(name, PY_INT, 0) for name in _UNITS], "`timedelta`")
    return _made(given, PY_DURATION, compose(_total(list(_UNITS)), Primitive("duration_of_microseconds")), body.level)


def _total(names: Sequence[str]) -> Term:
    """The record of the parts -> how many microseconds they are together."""
    first, *others = (applied(Primitive("multiply"), [Project(name), Constant(INT, _UNITS[name])]) for name in names)
    total = first
    for one in others:
        total = applied(Primitive("add"), [total, one])
    return total


def _made(given: Given, type_: PyType, term: Term, level: int) -> Lowered:
    return Lowered(type_, compose(given.record, term), level, writes=given.writes)


# ---- datetime --------------------------------------------------------------------------------------------------------


def _datetime(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`datetime(2026, 1, 31, tzinfo=UTC)`"""
    del expected
    zone = next((keyword.value for keyword in node.keywords if keyword.arg == "tzinfo"), None)
    if zone is None or static(body, zone) is not UTC:
        raise body.problem(
            Code.ARGUMENTS,
            "this moment is in no zone" if zone is None else "this moment is in a zone that is not UTC",
            node if zone is None else zone,
            "write `datetime(…, tzinfo=UTC)`, with `from datetime import UTC`; keep the name of a zone as a `str` "
            "beside it",
        )
    rest = [keyword for keyword in node.keywords if keyword.arg != "tzinfo"]
    wanted = [Wanted(name, PY_INT, NO_DEFAULT if index < 3 else 0) for index, name in enumerate(_PARTS)]
    given = arguments(body, ast.copy_location(ast.Call(node.func, node.args, rest), node), wanted, "`datetime`")
    return _made(given, PY_TIME, _of_parts({name: Project(name) for name in _PARTS}), body.level)


def _of_parts(parts: dict[str, Term]) -> Term:
    """What holds the parts -> the moment of them."""
    whole = Fork(tuple((str(index), parts[name]) for index, name in enumerate(_PARTS)))
    listed = Primitive("collect")
    too_large = applied(Primitive("greater_equal"), [compose(listed, Primitive("list_max")), Constant(INT, _C_INT)])
    too_small = applied(Primitive("less"), [compose(listed, Primitive("list_min")), Constant(INT, -_C_INT)])
    fail = compose(Constant(STR, "a part of a datetime beyond 32 bits"), Trap("OverflowError"))
    return compose(whole, If(too_large, fail, If(too_small, fail, Primitive("time_of_parts"))))


def _replace(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
    """`moment.replace(hour=0, minute=0)`"""
    del expected
    if node.args or not node.keywords:
        raise body.problem(
            Code.ARGUMENTS, "the parts to replace are given by name", node, "write `moment.replace(hour=0)`"
        )
    names = [name for name in _PARTS if name in {keyword.arg for keyword in node.keywords}]

    def replaced(moment: Lowered) -> Lowered:
        given = arguments(body, node, [Wanted(name, PY_INT, NO_DEFAULT) for name in names or _PARTS], "`replace`")
        both = Fork((("old", compose(moment.at(body.level), Primitive("time_parts"))), ("new", given.record)))
        parts: dict[str, Term] = {
            name: compose(Project("new"), Project(name))
            if name in names
            else compose(Project("old"), Project(str(index)))
            for index, name in enumerate(_PARTS)
        }
        return Lowered(PY_TIME, compose(both, _of_parts(parts)), body.level, writes=moment.writes | given.writes)

    return body.bound(base, replaced)


def _strftime(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
    """`moment.strftime("%Y-%m-%d")`"""
    del expected
    match node:
        case ast.Call(args=[ast.Constant(value=str(written))], keywords=[]):
            return formatted_time(body, base, written, node)
        case _:
            raise body.problem(
                Code.ARGUMENTS,
                "`strftime` takes a format that is written out: what it means is checked here",
                node,
                'write `strftime("%Y-%m-%d")`',
            )


# ---- what they have --------------------------------------------------------------------------------------------------


def _part(type_: PyType, term: Term, *, wide: bool = False) -> Callable[[Body, Lowered, ast.Attribute], Lowered]:
    def read(body: Body, base: Lowered, node: ast.Attribute) -> Lowered:
        del body, node
        return replace(base.as_value(), type=type_, term=compose(base.term, anew(term)), wide=wide)

    return read


def _method(type_: PyType, term: Term, *, wide: bool = False) -> MethodHandler:
    def handler(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
        del expected
        if node.args or node.keywords:
            raise body.problem(
                Code.ARGUMENTS, f"`{ast.unparse(node.func)}` takes no arguments here", node, "leave them out"
            )
        return replace(base.as_value(), type=type_, term=compose(base.term, anew(term)), wide=wide)

    return handler


_MICROSECONDS: Final = Primitive("duration_microseconds")


def _by(name: str, number: int) -> Term:
    """number -> what the operation gives on it and a constant"""
    return applied(Primitive(name), [compose(), Constant(INT, number)])


for _index, _name in enumerate(_PARTS):
    attribute(PyTime, _name)(_part(PY_INT, compose(Primitive("time_parts"), Project(str(_index)))))

attribute(PyDuration, "days")(_part(PY_INT, compose(_MICROSECONDS, _by("floor_divide", DAY)), wide=True))
attribute(PyDuration, "seconds")(
    _part(PY_INT, compose(_MICROSECONDS, _by("modulo", DAY), _by("floor_divide", SECOND)), wide=True)
)
attribute(PyDuration, "microseconds")(_part(PY_INT, compose(_MICROSECONDS, _by("modulo", SECOND)), wide=True))

_SINCE_EPOCH: Final = applied(Primitive("time_between"), [compose(), Constant(TIME, 0)])

METHODS: Final[dict[MethodName, MethodHandler]] = {
    (PyDuration, "total_seconds"): _method(PY_FLOAT, Primitive("duration_seconds")),
    (PyTime, "weekday"): _method(PY_INT, Primitive("time_weekday")),
    (PyTime, "isoweekday"): _method(PY_INT, compose(Primitive("time_weekday"), _by("add", 1)), wide=True),
    (PyTime, "isoformat"): _method(PY_STR, Primitive("time_isoformat")),
    (PyTime, "timestamp"): _method(PY_FLOAT, compose(_SINCE_EPOCH, Primitive("duration_seconds"))),
    (PyTime, "replace"): _replace,
    (PyTime, "strftime"): _strftime,
}

HINTS: Final[dict[MethodName, str]] = {
    (PyTime, "date"): "write `t.replace(hour=0, minute=0, second=0, microsecond=0)`",
    (PyTime, "time"): "take the time since midnight: `t - t.replace(hour=0, minute=0, second=0, microsecond=0)`",
    (PyTime, "astimezone"): "convert where people look at it: moments are in UTC here",
    (PyTime, "utcnow"): "pass the moment as a parameter",
}

FUNCTIONS: Final[dict[object, FunctionHandler]] = {datetime: _datetime, timedelta: _timedelta}
