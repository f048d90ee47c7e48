"""Displays and comprehensions: `[a, b]`, `(a, b)`, `{k: v}`, `[f(x) for x in xs if c]`, and f-strings."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from camshaft.category.subterms import anew
from camshaft.category.terms import Constant, Fork, Identity, If, MapEach, Primitive, Term, compose, fork
from camshaft.language import format_specs
from camshaft.language.access import TextOfObject
from camshaft.language.body import Body, expression, lower
from camshaft.language.computed_formats import is_computed, with_computed_format
from camshaft.language.conditions import learn, lower_test
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import applied, check_order, collected, fits, fitted, joined
from camshaft.language.iteration import Capture, Iterated, bind, captures_of, gone_over, picked
from camshaft.language.key_forms import frozen
from camshaft.language.keyed import told_by
from camshaft.language.keys import how_to_key, why_not_hashable
from camshaft.language.literals import plain
from camshaft.language.lowered import Borrow, Lowered, capped, constant
from camshaft.language.pytypes import (
    PY_BOOL,
    PY_DURATION,
    PY_FLOAT,
    PY_INT,
    PY_NONE,
    PY_STR,
    PY_TIME,
    PyClass,
    PyDict,
    PyEnum,
    PyKey,
    PyList,
    PySequence,
    PySet,
    PyTuple,
    PyType,
    core,
    members,
    shown,
)
from camshaft.language.statics import enum_text
from camshaft.language.unpacked_displays import unpacked_dict, unpacked_list, unpacks
from camshaft.language.unsupported import UNSUPPORTED
from camshaft.values.types import STR

P = TypeVar("P", PyList, PyDict, PySet, PyTuple, PySequence)


def wanted(expected: PyType | None, kind: type[P]) -> P | None:
    """The member of an expected type that is of a kind, if there is one."""
    if expected is None:
        return None
    return next((member for member in members(expected) if isinstance(member, kind)), None)


# ---- lists, tuples, dicts --------------------------------------------------------------------------------------------


@expression(ast.List)
def list_display(body: Body, node: ast.List, expected: PyType | None) -> Lowered:
    """`[a, b]`"""
    want = wanted(expected, PyList)
    if unpacks(node.elts):
        return unpacked_list(body, node, want)
    return _sequence(body, node, PyList, want and want.element)


def _sequence(body: Body, node: ast.List | ast.Tuple, make: Callable[[PyType], PyType], want: PyType | None) -> Lowered:
    if not node.elts:
        if want is None:
            raise body.problem(
                Code.UNTYPED_EMPTY,
                "it cannot be seen what this empty list will hold",
                node,
                "annotate the variable that it is assigned to: `xs: list[int] = []`",
            )
        return constant(make(want), [], body.level)
    values, type_ = _elements(body, node.elts, want, node)
    return _holding(body, make(type_), collected([value.at(body.level) for value in values]), values)


def _elements(
    body: Body, nodes: Sequence[ast.expr], want: PyType | None, whole: ast.AST
) -> tuple[list[Lowered], PyType]:
    """The elements of one display, all of one type, and that type."""
    values = [lower(body, node, want) for node in nodes]
    check_order(body, list(zip(values, nodes, strict=True)))
    # Where an element does not fit what is expected, the display is of what it holds: its place will say so.
    common = want is not None and all(fits(value.type, want) for value in values)
    type_ = want if common and want is not None else joined(body, [value.type for value in values], whole)
    return [fitted(body, value, type_, node) for value, node in zip(values, nodes, strict=True)], type_


def _holding(body: Body, type_: PyType, term: Term, values: Sequence[Lowered]) -> Lowered:
    """A new object that holds these values."""
    return Lowered(
        type_,
        term,
        body.level,
        calm=all(value.calm for value in values),
        stable=all(value.stable for value in values),
        borrows=tuple(borrow.stored() for value in values for borrow in value.borrows),
        writes=frozenset[str]().union(*(value.writes for value in values)),
    )


@expression(ast.Tuple)
def tuple_display(body: Body, node: ast.Tuple, expected: PyType | None) -> Lowered:
    """`(a, b)`"""
    sequence = wanted(expected, PySequence)
    if unpacks(node.elts):
        listed = unpacked_list(body, node, sequence and PyList(sequence.element))
        assert isinstance(listed.type, PyList)
        return replace(listed, type=PySequence(listed.type.element))
    if sequence is not None:
        return _sequence(body, node, PySequence, sequence.element)
    want = wanted(expected, PyTuple)
    wants = want.elements if want is not None and len(want.elements) == len(node.elts) else (None,) * len(node.elts)
    values = []
    for element, one in zip(node.elts, wants, strict=True):
        value = lower(body, element, one)
        values.append(fitted(body, value, one, element) if one is not None and fits(value.type, one) else capped(value))
    check_order(body, list(zip(values, node.elts, strict=True)))
    term = fork(*(value.at(body.level) for value in values))
    return _holding(body, PyTuple(tuple(value.type for value in values)), term, values)


@expression(ast.Dict)
def dict_display(body: Body, node: ast.Dict, expected: PyType | None) -> Lowered:
    """`{k: v}`"""
    want = wanted(expected, PyDict)
    if unpacks(node.keys):
        return unpacked_dict(body, node, want)
    if not node.keys:
        if want is None:
            raise body.problem(
                Code.UNTYPED_EMPTY,
                "it cannot be seen what this empty dict will hold",
                node,
                "annotate the variable that it is assigned to: `d: dict[str, int] = {}`",
            )
        return constant(want, {}, body.level)
    keys: list[ast.expr] = []
    for key, value in zip(node.keys, node.values, strict=True):
        assert key is not None, f"`**{ast.unparse(value)}` is unpacked elsewhere"
        keys.append(key)
    # Python evaluates each key before its value, entry by entry.
    in_order = [one for pair in zip(keys, node.values, strict=True) for one in pair]
    lowered = [
        lower(body, one, None if want is None else (want.value if index % 2 else want.key))
        for index, one in enumerate(in_order)
    ]
    check_order(body, list(zip(lowered, in_order, strict=True)))
    key_type = _common(body, lowered[::2], want and want.key, node)
    value_type = _common(body, lowered[1::2], want and want.value, node)
    check_hashable(body, key_type, keys[0])
    values = [
        fitted(body, value, value_type if index % 2 else key_type, one)
        for index, (value, one) in enumerate(zip(lowered, in_order, strict=True))
    ]
    terms = [(value if index % 2 else frozen(value)).at(body.level) for index, value in enumerate(values)]
    entries = [fork(key, value) for key, value in zip(terms[::2], terms[1::2], strict=True)]
    return _holding(body, PyDict(key_type, value_type), compose(collected(entries), Primitive("map_of")), values)


def _common(body: Body, values: Sequence[Lowered], want: PyType | None, node: ast.AST) -> PyType:
    if want is not None and all(fits(value.type, want) for value in values):
        return want
    return joined(body, [value.type for value in values], node)


def check_hashable(body: Body, type_: PyType, node: ast.AST, what: str = "the key of a dict") -> None:
    """Refuse keys that could not be found again. Raises Problem."""
    reason = why_not_hashable(type_)
    if reason:
        raise body.problem(Code.MISMATCH, f"`{shown(type_)}` cannot be {what}: {reason}", node, how_to_key(type_))


# ---- comprehensions --------------------------------------------------------------------------------------------------


@expression(ast.ListComp)
def list_comprehension(body: Body, node: ast.ListComp, expected: PyType | None) -> Lowered:
    """`[f(x) for x in xs if c]`"""
    want = wanted(expected, PyList)

    def build() -> Lowered:
        value = lower(body, node.elt, want and want.element)
        if want is not None and fits(value.type, want.element):
            return fitted(body, value, want.element, node.elt)
        return capped(value)

    listed, type_ = _comprehension(body, node.generators, build, node.elt)
    return replace(listed, type=PyList(type_))


@expression(ast.SetComp)
def set_comprehension(body: Body, node: ast.SetComp, expected: PyType | None) -> Lowered:
    """`{f(x) for x in xs if c}`"""
    want = wanted(expected, PySet)

    def build() -> Lowered:
        value = lower(body, node.elt, want and want.element)
        if want is not None and fits(value.type, want.element):
            value = fitted(body, value, want.element, node.elt)
        check_hashable(body, value.type, node.elt, "a member of a set")
        return frozen(capped(value))

    listed, type_ = _comprehension(body, node.generators, build)
    return replace(
        listed,
        type=PySet(type_.of if isinstance(type_, PyKey) else type_),
        term=compose(listed.term, Primitive("set_of")),
        borrows=(),
    )


@expression(ast.DictComp)
def dict_comprehension(body: Body, node: ast.DictComp, expected: PyType | None) -> Lowered:
    """`{k: v for k in xs}`"""
    want = wanted(expected, PyDict)
    types: list[tuple[PyType, PyType]] = []

    def build() -> Lowered:
        pair = []
        for part, one in ((node.key, want and want.key), (node.value, want and want.value)):
            value = lower(body, part, one)
            pair.append(fitted(body, value, one, part) if one is not None and fits(value.type, one) else capped(value))
        check_hashable(body, pair[0].type, node.key)
        types.append((pair[0].type, pair[1].type))
        pair[0] = frozen(pair[0])
        term = fork(*(value.at(body.level) for value in pair))
        return _holding(body, PyTuple((pair[0].type, pair[1].type)), term, pair)

    listed, _ = _comprehension(body, node.generators, build)
    return replace(listed, type=PyDict(*types[0]), term=compose(listed.term, Primitive("map_of")))


def _comprehension(
    body: Body, generators: Sequence[ast.comprehension], build: Callable[[], Lowered], shown: ast.expr | None = None
) -> tuple[Lowered, PyType]:
    """The list of what `build` gives for each round, and the type of its elements; the caller sets the whole's type.

    `shown`: what the elements of a list are, which may be picked from what is gone over.
    """
    first, *others = generators
    if first.is_async:
        reason = UNSUPPORTED["AsyncFor"]
        raise body.problem(Code.UNSUPPORTED, reason.message, first.target, reason.help)
    source = gone_over(body, first.iter)
    inner, port = body.flow.inner(core(source.element))
    element = Lowered(source.element, inner.scope.read(port), inner.scope.level, calm=True, stable=True)

    conditions: list[Lowered] = []

    def round_() -> tuple[Lowered, PyType, list[Capture]]:
        captures = captures_of(body, first.target, element, source)
        for one in captures:
            bind(body, one)
        for node in first.ifs:
            tested = lower_test(body, node)
            learn(body.flow, tested.true)
            conditions.append(tested.value)
        if others:
            value, type_ = _comprehension(body, others, build)
        else:
            value = build()
            type_ = value.type
            if conditions:
                value = replace(value, term=collected([value.at(body.level)]))
        for condition in reversed(conditions):
            term = If(condition.at(body.level), value.at(body.level), constant(PyList(type_), []).term)
            value = replace(
                value, term=term, calm=value.calm and condition.calm, writes=value.writes | condition.writes
            )
        return value, type_, captures

    value, type_, captures = body.within(inner, round_)
    if value.writes:
        raise body.problem(
            Code.ORDER, "a comprehension must not change the state", first.iter, "write a `for` loop instead"
        )
    term: Term = compose(
        Fork((("0", Identity()), ("1", source.value.at(body.level)))), MapEach(value.at(inner.scope.level))
    )
    if others or first.ifs:
        term = compose(term, Primitive("flatten"))
    result = Lowered(
        type_,
        term,
        body.level,
        calm=source.value.calm and value.calm,
        borrows=_escaping(value.borrows, source, {one.root for one in captures}, single=not others),
        writes=source.value.writes,
    )
    if isinstance(shown, ast.Name) and not others:
        return told_by(result, picked(body, source, first.target, shown.id, conditions, inner.scope.level)), type_
    return result, type_


def _escaping(borrows: Sequence[Borrow], source: Iterated, captures: set[str], *, single: bool) -> tuple[Borrow, ...]:
    """What a comprehension's result borrows. Each round repeats what is not a part of its own element."""
    outer = next((borrow.capture for borrow in source.value.borrows), None)
    return tuple(
        replace(borrow.collected(), capture=outer or borrow.capture)
        if single and borrow.capture in captures
        else replace(borrow.collected(), shared=True)
        for borrow in borrows
    )


# ---- texts -----------------------------------------------------------------------------------------------------------


@expression(ast.JoinedStr)
def formatted(body: Body, node: ast.JoinedStr, expected: PyType | None) -> Lowered:
    """`f"{sku}: {count}"`"""
    del expected
    parts: list[tuple[Lowered, ast.expr]] = []
    for part in node.values:
        if not isinstance(part, ast.FormattedValue):
            parts.append((lower(body, part, PY_STR), part))
            continue
        parts.append((_formatted_part(body, part, node), part.value))
    if not parts:
        return constant(PY_STR, "", body.level)
    check_order(body, parts)
    values = [value for value, _ in parts]
    return Lowered(
        PY_STR,
        _joined_texts([value.at(body.level) for value in values]),
        body.level,
        calm=all(value.calm for value in values),
        stable=all(value.stable for value in values),
        writes=frozenset[str]().union(*(value.writes for value in values)),
    )


def _formatted_part(body: Body, part: ast.FormattedValue, whole: ast.JoinedStr) -> Lowered:
    """`{value!r:>5}`: the conversion first, then the format."""
    value = lower(body, part.value)
    computed = is_computed(part)
    spec = "" if computed else format_specs.specification(part)
    format_specs.check_conversion(body, part, value, whole)
    if part.conversion != -1 or not (spec or computed):
        value = text_of(body, value, part.value)
    if computed:
        return with_computed_format(body, value, part, whole)
    return format_specs.with_format(body, value, spec, part.value, whole) if spec else value


def _joined_texts(terms: Sequence[Term]) -> Term:
    """environment -> the texts, one after the other: in halves, so that many parts do not nest deeply."""
    if len(terms) == 1:
        return terms[0]
    middle = len(terms) // 2
    return applied(Primitive("concat"), [_joined_texts(terms[:middle]), _joined_texts(terms[middle:])])


def text_of(body: Body, value: Lowered, node: ast.AST) -> Lowered:
    """What `str` gives for a value. Raises Problem where that is not supported."""
    value = plain(value)
    if isinstance(value.type, PyEnum):
        return enum_text(value, value.type)
    primitive = _TEXTS.get(value.type)
    if value.type == PY_STR:
        return value
    if value.type == PY_NONE:
        none = compose(value.term, constant(PY_STR, "None").term)
        return replace(value.as_value(), type=PY_STR, term=none)
    if isinstance(value.type, PyClass) and "__str__" in value.type.cls.__dict__ and isinstance(node, ast.expr):
        return lower(body, TextOfObject.of(node, value))
    if primitive is None:
        raise body.problem(
            Code.OPERATOR,
            f"the text of a `{shown(value.type)}` is not supported",
            node,
            "write the fields or elements that you mean, each a `str`, `int` or `bool`"
            + (", or give the class a `__str__`" if isinstance(value.type, PyClass) else ""),
        )
    stored = capped(value)
    return replace(stored.as_value(), type=PY_STR, term=compose(stored.term, anew(primitive)))


_TEXTS: Final[dict[PyType, Term]] = {
    PY_INT: Primitive("int_to_str"),
    PY_BOOL: Primitive("bool_to_str"),
    PY_FLOAT: Primitive("float_to_str"),
    PY_DURATION: Primitive("duration_to_str"),
    # Other than `isoformat`, `str` puts a space between the day and the time.
    PY_TIME: compose(
        Primitive("time_isoformat"),
        applied(Primitive("str_replace"), [Identity(), Constant(STR, "T"), Constant(STR, " ")]),
    ),
}
