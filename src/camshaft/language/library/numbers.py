"""Functions of numbers: `abs`, `divmod`, `pow`, `round`, `int`, and of a character's number: `ord`, `chr`."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Final

from camshaft.category.terms import Primitive, fork
from camshaft.language.arithmetic import combined
from camshaft.language.body import Body, lower
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import fitted, operation
from camshaft.language.library.handlers import (
    FunctionHandler,
    MethodHandler,
    MethodName,
    Parameter,
    matched,
    only_argument,
    pinned,
)
from camshaft.language.literals import plain
from camshaft.language.lowered import Lowered, capped, constant
from camshaft.language.pytypes import (
    PY_BOOL,
    PY_DURATION,
    PY_FLOAT,
    PY_INT,
    PY_STR,
    PyInt,
    PyTuple,
    PyType,
    is_optional,
    shown,
)

_AS_INT: Final[dict[PyType, tuple[str, bool]]] = {
    PY_STR: ("str_to_int", False),
    PY_BOOL: ("bool_to_int", True),
    PY_FLOAT: ("float_truncate", False),
}
"""What `int` does with a value of each type, and whether it cannot fail."""


_ABSOLUTE: Final[dict[PyType, tuple[str, bool]]] = {
    PY_FLOAT: ("float_absolute", True),
    PY_DURATION: ("duration_absolute", False),
}


def _abs(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    del expected
    value, where = only_argument(body, node, "abs", PY_INT)
    if value.type in _ABSOLUTE:
        primitive, total = _ABSOLUTE[value.type]
        return operation(body, value.type, Primitive(primitive), [(value, where)], total=total)
    if value.type != PY_INT:
        fitted(body, value, PY_INT, where, "the argument of `abs`")
    return operation(body, PY_INT, Primitive("absolute"), [(value, where)], wide=True)


def _int(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`int(text)`, `int(flag)`, `int(n)`"""
    del expected
    if not node.args and not node.keywords:
        return constant(PY_INT, 0, body.level)
    if len(node.args) > 1 or node.keywords:
        raise body.problem(
            Code.ARGUMENTS, "`int` takes one argument here: texts are read as decimal", node, "write `int(text)`"
        )
    value, where = only_argument(body, node, "int")
    if value.type == PY_INT:
        return value.as_value()
    if value.type not in _AS_INT:
        help_ = "test for None first" if is_optional(value.type) else "give it a `str`, a `float`, a `bool` or an `int`"
        raise body.problem(Code.OPERATOR, f"`int` cannot make a number of `{shown(value.type)}`", where, help_)
    primitive, total = _AS_INT[value.type]
    return operation(body, PY_INT, Primitive(primitive), [(value, where)], total=total)


def _divmod(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`divmod(a, b)`, which is `(a // b, a % b)`"""
    del expected
    given = matched(body, node, "divmod", [Parameter("a", positional=True), Parameter("b", positional=True)])
    left, right = (_integer(body, given[name], "divmod") for name in ("a", "b"))

    def divided(a: Lowered, b: Lowered) -> Lowered:
        operands = [(a, given["a"]), (b, given["b"])]
        quotient = capped(operation(body, PY_INT, Primitive("floor_divide"), operands, wide=True, total=False))
        rest = capped(operation(body, PY_INT, Primitive("modulo"), operands, wide=True, total=False))
        return replace(
            quotient,
            type=PyTuple((PY_INT, PY_INT)),
            term=fork(quotient.at(body.level), rest.at(body.level)),
            calm=False,
            stable=False,
        )

    return pinned(body, left, lambda a: pinned(body, right, lambda b: divided(a, b)))


def _integer(body: Body, node: ast.expr, name: str) -> Lowered:
    return fitted(body, lower(body, node, PY_INT), PY_INT, node, f"what `{name}` is given")


def _pow(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`pow(a, b)`, which is `a ** b`"""
    del expected
    if len(node.args) == 3:
        raise body.problem(Code.UNSUPPORTED, "`pow` takes no modulus here", node, "write `a ** b % m`")
    given = matched(body, node, "pow", [Parameter("base"), Parameter("exp")])
    base, exponent = given["base"], given["exp"]
    if list(given) != ["base", "exp"]:
        raise body.problem(Code.ARGUMENTS, "the base comes first", node, "write `pow(a, b)`")
    return combined(body, ast.Pow(), (lower(body, base, PY_INT), base), (lower(body, exponent, PY_INT), exponent), node)


def _round(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`round(x)`, which of an `int` is the number itself; `round(x, digits)` of a `float`"""
    del expected
    given = matched(body, node, "round", [Parameter("number"), Parameter("ndigits", optional=True)])
    where, digits = given["number"], given.get("ndigits")
    value = plain(lower(body, where, PY_INT))
    if digits is not None and not (isinstance(digits, ast.Constant) and digits.value is None):
        if value.type != PY_FLOAT or list(given) != ["number", "ndigits"]:
            raise body.problem(
                Code.ARGUMENTS, "only a `float` is rounded to digits here", node, "write `round(x, 2)`, or `round(x)`"
            )
        places = fitted(body, lower(body, digits, PY_INT), PY_INT, digits, "the number of digits")
        return operation(body, PY_FLOAT, Primitive("float_round_to"), [(value, where), (places, digits)], total=False)
    if value.type == PY_FLOAT:
        return operation(body, PY_INT, Primitive("float_round"), [(value, where)], total=False)
    if value.type != PY_INT:
        fitted(body, value, PY_INT, where, "the argument of `round`")
    return value.as_value()


def _ord(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    del expected
    value, where = only_argument(body, node, "ord", PY_STR)
    text = fitted(body, value, PY_STR, where, "the argument of `ord`")
    return operation(body, PY_INT, Primitive("str_to_code_point"), [(text, where)], total=False)


def _chr(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    del expected
    value, where = only_argument(body, node, "chr", PY_INT)
    number = fitted(body, value, PY_INT, where, "the argument of `chr`")
    return operation(body, PY_STR, Primitive("code_point_to_str"), [(number, where)], total=False)


FUNCTIONS: Final[dict[object, FunctionHandler]] = {
    abs: _abs,
    int: _int,
    divmod: _divmod,
    pow: _pow,
    round: _round,
    ord: _ord,
    chr: _chr,
}


def _of_bits(name: str) -> MethodHandler:
    """`n.bit_length()`, `n.bit_count()`"""

    def handler(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
        del expected
        matched(body, node, name, ())
        assert isinstance(node.func, ast.Attribute)
        return operation(body, PY_INT, Primitive(name), [(base, node.func.value)])

    return handler


METHODS: Final[dict[MethodName, MethodHandler]] = {
    (PyInt, name): _of_bits(name) for name in ("bit_length", "bit_count")
}
