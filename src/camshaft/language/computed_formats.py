"""Formats in f-strings whose width or precision is computed: `{name:<{width}}`, `{price:>{width}.{places}f}`.

The value is formatted without its width, and filled up to that: so a width may be as large as a text may be. What is
computed is a number; the rest of the specification is written out, and is checked here.

Python reads the specification after it has put the numbers in: a width of 0 is the flag for zeros, which says nothing
without a width, and a negative one is the sign `-`, which numbers have by default, and the width.
"""

from __future__ import annotations

import ast
import re
from typing import Final

from camshaft.bytecode.primitives.formats import why_not_format
from camshaft.category.terms import Constant, If, Primitive, Project, Term, Trap, compose, fork
from camshaft.language.body import Body, lower
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.fitting import applied, check_order, fitted
from camshaft.language.library.handlers import pinned
from camshaft.language.literals import plain
from camshaft.language.lowered import Lowered, capped
from camshaft.language.pytypes import PY_FLOAT, PY_INT, PY_STR, PyType, core, shown
from camshaft.values.types import INT, STR

_COMPUTED: Final = "\0"
"""Stands for a number that is computed in the text of a specification."""

_TEMPLATE: Final = re.compile(
    r"(?:(?P<fill>.)?(?P<align>[<>=^]))?(?P<sign>[-+ ])?(?P<base>#)?(?P<zeros>0)?(?P<width>\0|[1-9][0-9]*)?"
    r"(?P<groups>[,_])?(?:\.(?P<precision>\0|[0-9]+))?(?P<kind>[a-zA-Z%])?",
    re.DOTALL,
)
_OF_FLOATS: Final = tuple("eEfFgG%")
_BEYOND: Final = 2**63


def is_computed(part: ast.FormattedValue) -> bool:
    """Whether a part of an f-string has a specification in which something is computed."""
    spec = part.format_spec
    return isinstance(spec, ast.JoinedStr) and any(isinstance(one, ast.FormattedValue) for one in spec.values)


def with_computed_format(body: Body, value: Lowered, part: ast.FormattedValue, whole: ast.AST) -> Lowered:
    """A value as a text, as such a specification says. Raises Problem."""
    value = plain(capped(value))
    if value.type not in (PY_INT, PY_FLOAT, PY_STR):
        raise body.problem(
            Code.UNSUPPORTED,
            f"a `{shown(value.type)}` has no width that is computed, only numbers and texts have",
            whole,
            f"format its text: `{{{ast.unparse(part.value)}!s:…}}`",
        )
    found, numbers = _parts(body, part, whole)
    as_float = value.type == PY_INT and found["kind"] in _OF_FLOATS
    _check(body, PY_FLOAT if as_float else value.type, found, whole)
    check_order(body, [(value, part.value), *numbers])
    names = [name for name in ("width", "precision") if found[name] == _COMPUTED]

    def bind(waiting: list[tuple[Lowered, ast.expr]], done: tuple[Lowered, ...]) -> Lowered:
        if waiting:
            return pinned(body, capped(waiting[0][0]), lambda one: bind(waiting[1:], (*done, one)))
        computed = {name: one.at(body.level) for name, one in zip(names, done[1:], strict=True)}
        held = done[0]
        computed = {name: _checked(name, number, found, value.type == PY_STR) for name, number in computed.items()}
        if as_float:  # which may fail, after the numbers are evaluated and read
            after = fork(*computed.values(), held.at(body.level))
            number = compose(after, Project(str(len(computed))), Primitive("int_to_float"))
            held = Lowered(PY_FLOAT, number, body.level)
        return Lowered(PY_STR, _formatted(body, held, found, computed), body.level)

    return bind([(value, part.value), *numbers], ())


def _parts(
    body: Body, part: ast.FormattedValue, whole: ast.AST
) -> tuple[dict[str, str], list[tuple[Lowered, ast.expr]]]:
    """The parts of a specification by their names, and the numbers that are computed for it. Raises Problem."""
    assert isinstance(part.format_spec, ast.JoinedStr)
    text, numbers = "", list[tuple[Lowered, ast.expr]]()
    for one in part.format_spec.values:
        if isinstance(one, ast.Constant):
            text += str(one.value)
            continue
        assert isinstance(one, ast.FormattedValue)
        number = lower(body, one.value, PY_INT)
        if one.conversion != -1 or one.format_spec is not None or number.type == PY_STR:
            raise _not_a_number(body, whole)
        text += _COMPUTED
        numbers.append((fitted(body, number, PY_INT, one.value, "what is computed in a format"), one.value))
    found = _TEMPLATE.fullmatch(text)
    if found is None or text.count(_COMPUTED) != [found["width"], found["precision"]].count(_COMPUTED):
        raise _not_a_number(body, whole)
    return {name: given or "" for name, given in found.groupdict().items()}, numbers


def _not_a_number(body: Body, whole: ast.AST) -> Problem:
    return body.problem(
        Code.UNSUPPORTED,
        "a format specification must be written out, but for its width and precision: what it means is checked here",
        whole,  # Python 3.11 has no position of its own for the part
        "for example `{name:<{width}}`, `{price:.{places}f}`, each an `int`; for what fills up write "
        '`text.ljust(width, "-")`',
    )


def _check(body: Body, type_: PyType, found: dict[str, str], whole: ast.AST) -> None:
    """Refuse what is no format, whatever the numbers are. Raises Problem."""
    as_if = "".join(
        "1" if given == _COMPUTED else given
        for given in (
            *(found[name] for name in ("fill", "align", "sign", "base", "zeros", "width", "groups")),
            *(("." + found["precision"],) if found["precision"] and found["precision"] != _COMPUTED else ()),
            *((".1",) if found["precision"] == _COMPUTED else ()),
            found["kind"],
        )
    )
    reason = why_not_format(core(type_), as_if)
    zeros = found["zeros"] != "" and not found["align"]
    between = found["align"] == "=" or (zeros and (found["groups"] or found["base"] or found["sign"] == " "))
    if not reason and found["width"] == _COMPUTED and between:
        reason = "what fills up between the sign or the base and the digits has a width that is written out"
    if reason:
        raise body.problem(
            Code.UNSUPPORTED,
            f"this is no format of a `{shown(type_)}`: {reason}",
            whole,
            "for example `{count:0{width}d}`, `{price:>{width}.2f}`, `{name:<{width}}`",
        )


def _formatted(body: Body, value: Lowered, found: dict[str, str], computed: dict[str, Term]) -> Term:
    """environment -> the text of a value that is bound, with numbers that are bound"""
    is_text = value.type == PY_STR
    by_width = "width" in computed
    names = ("sign", "base", "groups") if by_width else ("fill", "align", "sign", "base", "zeros", "width", "groups")
    spec: Term = Constant(STR, "".join(found[name] for name in names))
    term = value.at(body.level)
    if "precision" in computed and is_text:
        term = applied(Primitive("str_slice"), [term, _number(0), computed["precision"], _number(1)])
        spec = _joined(spec, Constant(STR, found["kind"]))
    elif "precision" in computed:
        digits = compose(computed["precision"], Primitive("int_to_str"))
        spec = _joined(_joined(spec, Constant(STR, ".")), _joined(digits, Constant(STR, found["kind"])))
    else:
        last = f".{found['precision']}" if found["precision"] else ""
        spec = _joined(spec, Constant(STR, last + found["kind"]))
    term = applied(Primitive("format"), [term, spec])
    if not by_width:
        return term
    width = Lowered(PY_INT, computed["width"], body.level)
    unfilled = Lowered(PY_STR, term, body.level)
    return pinned(
        body,
        unfilled,
        lambda text: pinned(body, width, lambda w: Lowered(PY_STR, _filled(body, text, w, found, is_text), body.level)),
    ).at(body.level)


def _filled(body: Body, text: Lowered, width: Lowered, found: dict[str, str], is_text: bool) -> Term:
    """environment -> a text that is filled up to a width"""
    term, wanted = text.at(body.level), width.at(body.level)
    if found["zeros"] and not found["align"]:
        return applied(Primitive("str_zero_fill"), [term, wanted])
    fill = Constant(STR, found["fill"] or ("0" if found["zeros"] else " "))
    align = found["align"] or ("<" if is_text else ">")
    if align == "<":
        return applied(Primitive("str_pad_right"), [term, wanted, fill])
    if align == ">":
        return applied(Primitive("str_pad_left"), [term, wanted, fill])
    length = compose(term, Primitive("length"))
    half = applied(Primitive("floor_divide"), [applied(Primitive("subtract"), [wanted, length]), _number(2)])
    left = applied(Primitive("str_pad_left"), [term, applied(Primitive("add"), [length, half]), fill])
    return applied(Primitive("str_pad_right"), [left, wanted, fill])


def _checked(name: str, number: Term, found: dict[str, str], is_text: bool) -> Term:
    """environment -> a width or precision, where Python reads it; of a negative width, what is behind the sign"""
    size = compose(number, Primitive("absolute"))
    beyond = applied(Primitive("greater_equal"), [size, _number(_BEYOND)])
    below = applied(Primitive("less"), [number, _number(0)])
    is_sign = name == "width" and not (is_text or found["sign"] or found["base"] or found["zeros"])
    negative = compose(size, Primitive("cap")) if is_sign else _wrong(f"a {name} is not negative")
    return If(beyond, _wrong(f"a {name} beyond 64 bits"), If(below, negative, number))


def _wrong(message: str) -> Term:
    return compose(Constant(STR, message), Trap("ValueError"))


def _number(value: int) -> Term:
    return Constant(INT, value)


def _joined(first: Term, second: Term) -> Term:
    return applied(Primitive("concat"), [first, second])
