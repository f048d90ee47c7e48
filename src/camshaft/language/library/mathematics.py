"""`float(x)`, and the functions of `math` that have one right answer.

Those that are rounded as each platform's library likes, such as `sin` and `exp`, are in `substitutes`.
"""

from __future__ import annotations

import ast
import math
from typing import Final

from camshaft.category.terms import Fork, Identity, MapEach, Primitive, Project, Term, compose
from camshaft.language.body import Body, lower
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import fitted, operation
from camshaft.language.iteration import iterated
from camshaft.language.library.handlers import FunctionHandler, only_argument
from camshaft.language.literals import plain
from camshaft.language.lowered import Lowered, constant
from camshaft.language.pytypes import PY_BOOL, PY_FLOAT, PY_INT, PY_STR, PyList, PyType, is_optional, shown

_AS_FLOAT: Final[dict[PyType, Term]] = {
    PY_FLOAT: Identity(),
    PY_INT: Primitive("int_to_float"),
    PY_BOOL: compose(Primitive("bool_to_int"), Primitive("int_to_float")),
    PY_STR: Primitive("str_to_float"),
}


def _float(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`float(n)`, `float(text)`"""
    del expected
    if not node.args and not node.keywords:
        return constant(PY_FLOAT, 0.0, body.level)
    value, where = only_argument(body, node, "float")
    value = plain(value)
    found = _AS_FLOAT.get(value.type)
    if found is None:
        help_ = "test for None first" if is_optional(value.type) else "give it an `int`, a `bool`, a `str` or a `float`"
        raise body.problem(Code.OPERATOR, f"`float` cannot make a number of `{shown(value.type)}`", where, help_)
    if value.type == PY_FLOAT:
        return value.as_value()
    return operation(body, PY_FLOAT, found, [(value, where)], total=value.type == PY_BOOL)


def _of_number(type_: PyType, of_float: Term, of_int: Term | None = None, *, total: bool = False) -> FunctionHandler:
    """A function of one number. `of_int`: what it is of an integer, where that is not made a float first."""

    def handler(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
        del expected
        name = ast.unparse(node.func)
        value, where = only_argument(body, node, name)
        value = plain(value)
        if value.type == PY_INT:
            if isinstance(of_int, Identity):
                return value.as_value()
            return operation(
                body, type_, of_int or compose(Primitive("int_to_float"), of_float), [(value, where)], total=False
            )
        if value.type != PY_FLOAT:
            raise body.problem(
                Code.OPERATOR, f"`{name}` is of a number, and this is `{shown(value.type)}`", where, "give it a number"
            )
        return operation(body, type_, of_float, [(value, where)], total=total)

    return handler


def _isqrt(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`math.isqrt(n)`"""
    del expected
    value, where = only_argument(body, node, "math.isqrt", PY_INT)
    number = fitted(body, value, PY_INT, where, "the argument of `math.isqrt`")
    return operation(body, PY_INT, Primitive("integer_root"), [(number, where)], wide=True, total=False)


def _gcd(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`math.gcd(a, b)`"""
    del expected
    if len(node.args) != 2 or node.keywords or any(isinstance(one, ast.Starred) for one in node.args):
        raise body.problem(
            Code.ARGUMENTS, "`math.gcd` takes two integers here", node, "write `math.gcd(math.gcd(a, b), c)` for three"
        )
    operands = [
        (fitted(body, lower(body, one, PY_INT), PY_INT, one, "what `math.gcd` takes"), one) for one in node.args
    ]
    return operation(body, PY_INT, Primitive("gcd"), operands, wide=True)


def _fsum(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`math.fsum(xs)`: the exact sum, rounded once"""
    del expected
    if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
        raise body.problem(Code.ARGUMENTS, "`math.fsum` takes one argument", node, "write `math.fsum(xs)`")
    where = node.args[0]
    source = iterated(body, where)
    numbers = source.value
    if source.element == PY_INT:
        each = MapEach(compose(Project("1"), Primitive("int_to_float")))
        floats = compose(Fork((("0", Identity()), ("1", Identity()))), each)
        numbers = operation(body, PyList(PY_FLOAT), floats, [(numbers, where)], total=False)
    elif source.element != PY_FLOAT:
        raise body.problem(
            Code.OPERATOR,
            f"`math.fsum` adds numbers, and each element here is `{shown(source.element)}`",
            where,
            "give it floats or integers",
        )
    return operation(body, PY_FLOAT, Primitive("float_sum"), [(numbers, where)], total=False)


_NOT: Final = Primitive("not")

FUNCTIONS: Final[dict[object, FunctionHandler]] = {
    float: _float,
    math.floor: _of_number(PY_INT, Primitive("float_floor"), Identity()),
    math.ceil: _of_number(PY_INT, Primitive("float_ceiling"), Identity()),
    math.trunc: _of_number(PY_INT, Primitive("float_truncate"), Identity()),
    math.sqrt: _of_number(PY_FLOAT, Primitive("float_root")),
    math.fabs: _of_number(PY_FLOAT, Primitive("float_absolute"), total=True),
    math.isfinite: _of_number(PY_BOOL, Primitive("float_is_finite"), total=True),
    math.isinf: _of_number(PY_BOOL, compose(Primitive("float_is_finite"), _NOT), total=True),
    math.isqrt: _isqrt,
    math.gcd: _gcd,
    math.fsum: _fsum,
}
