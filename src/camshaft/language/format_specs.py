"""Format specifications in f-strings: `{count:05d}`, `{name:<10}`, `{price:.2f}`, `{count!r}`.

A specification is checked here, so that the operation that formats never fails where it runs. `computed_formats` has
those in which something is computed.
"""

from __future__ import annotations

import ast
from typing import Final

from camshaft.bytecode.primitives.formats import why_not_format
from camshaft.category.terms import Primitive
from camshaft.language.body import Body
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.fitting import operation
from camshaft.language.literals import plain
from camshaft.language.lowered import Lowered, capped, constant
from camshaft.language.pytypes import (
    PY_BOOL,
    PY_DURATION,
    PY_FLOAT,
    PY_INT,
    PY_NONE,
    PY_STR,
    PY_TIME,
    PyType,
    core,
    is_optional,
    shown,
)
from camshaft.language.time_formats import formatted_time

_OF_FLOATS: Final = frozenset("eEfFgG%")

_PLAIN_REPR: Final[frozenset[PyType]] = frozenset({PY_INT, PY_BOOL, PY_FLOAT, PY_NONE})
"""The types whose values `repr` shows as `str` does."""


def specification(part: ast.FormattedValue) -> str:
    """What stands behind the colon, where all of it is written out."""
    if part.format_spec is None:
        return ""
    assert isinstance(part.format_spec, ast.JoinedStr)
    return "".join(str(one.value) for one in part.format_spec.values if isinstance(one, ast.Constant))


def check_conversion(body: Body, part: ast.FormattedValue, value: Lowered, whole: ast.AST) -> None:
    """Refuse `!a`, and `!r` of what Unicode's tables decide. Raises Problem."""
    if part.conversion in (-1, ord("s")) or (part.conversion == ord("r") and value.type in _PLAIN_REPR):
        return
    raise body.problem(
        Code.UNSUPPORTED,
        f"`!{chr(part.conversion)}` of a `{shown(value.type)}` differs between versions of Python",
        whole,
        "leave it out, and write the quotes that you want",
    )


def with_format(body: Body, value: Lowered, spec: str, node: ast.expr, whole: ast.AST) -> Lowered:
    """A value as a text, as a specification says. Raises Problem."""
    value = plain(capped(value))
    if value.type == PY_TIME:
        return formatted_time(body, value, spec, whole)
    if value.type == PY_INT and spec[-1:] in _OF_FLOATS:
        value = operation(body, PY_FLOAT, Primitive("int_to_float"), [(value, node)], total=False)
    if value.type not in (PY_INT, PY_FLOAT, PY_STR):
        raise _no_format(body, value.type, node, whole)
    reason = why_not_format(core(value.type), spec)
    if reason:
        raise body.problem(
            Code.UNSUPPORTED, f"`{spec}` is no format of a `{shown(value.type)}`: {reason}", whole, _HELP
        )
    return operation(body, PY_STR, Primitive("format"), [(value, node), (constant(PY_STR, spec, body.level), node)])


_HELP: Final = "for example `{count:05d}`, `{count:,}`, `{price:.2f}`, `{name:<10}`"


def _no_format(body: Body, type_: PyType, node: ast.expr, whole: ast.AST) -> Problem:
    help_ = f"format its text: `{{{ast.unparse(node)}!s:…}}`"
    if type_ == PY_DURATION:
        help_ = f"format a number of it: `{{{ast.unparse(node)}.total_seconds():.1f}}`, or its text: `{{…!s:>12}}`"
    if is_optional(type_):
        help_ = "test for None first"
    return body.problem(
        Code.UNSUPPORTED, f"a `{shown(type_)}` has no formats here, only numbers, texts and moments have", whole, help_
    )
