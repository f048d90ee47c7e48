"""The methods of texts: those that have one right answer on every platform and for every version of Python.

What would ask Unicode's tables is decided for ASCII and traps for other texts: decision 11.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import Final

from camshaft.bytecode.primitives.texts import WHITE_SPACE
from camshaft.category.terms import Constant, Identity, If, MapEach, Primitive, Project, Term, Trap, compose, fork
from camshaft.language.body import Body, lower
from camshaft.language.counts import count, counted
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import applied, check_order, fitted, operation
from camshaft.language.iteration import iterated
from camshaft.language.library.handlers import MethodHandler, MethodName, Parameter, matched, pinned
from camshaft.language.lowered import Lowered, constant
from camshaft.language.pytypes import (
    PY_BOOL,
    PY_INT,
    PY_STR,
    PyList,
    PyStr,
    PyTuple,
    PyType,
    shown,
)
from camshaft.values.types import BOOL, INT, STR

Operand = tuple[Lowered, ast.AST]


def _argument(body: Body, node: ast.expr, type_: PyType, what: str) -> Operand:
    return fitted(body, lower(body, node, type_), type_, node, what), node


def _owner(node: ast.Call) -> ast.AST:
    assert isinstance(node.func, ast.Attribute)
    return node.func.value


@dataclass(frozen=True, slots=True)
class _Plain:
    """A method that is one operation on the text and on what it is given, all of it by position.

    `given`: the parameters with their types, and with the default of those that may be left out.
    """

    name: str
    primitive: str
    result: PyType
    given: tuple[tuple[str, PyType, object], ...] = ()
    total: bool = True

    def __call__(self, body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
        del expected
        parameters = [
            Parameter(name, positional=True, optional=default is not _NEEDED) for name, _, default in self.given
        ]
        found = matched(body, node, self.name, parameters)
        operands: list[Operand] = [(base, _owner(node))]
        for name, type_, default in self.given:
            if name in found and (default is _NEEDED or not _is_none(found[name])):
                operands.append(_argument(body, found[name], type_, f"`{name}` of `{self.name}`"))
            else:
                operands.append((constant(type_, default, body.level), node))
        return operation(body, self.result, Primitive(self.primitive), operands, total=self.total)


_NEEDED: Final = object()


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _padding(name: str, primitive: str) -> MethodHandler:
    """`text.ljust(width, "-")`: what fills up is one character, written out, since Python raises a `TypeError` else."""

    def handler(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
        del expected
        given = matched(
            body, node, name, [Parameter("width", positional=True), Parameter("fill", positional=True, optional=True)]
        )
        fill = given.get("fill", ast.Constant(" "))
        if not isinstance(fill, ast.Constant) or not isinstance(fill.value, str) or len(fill.value) != 1:
            raise body.problem(
                Code.ARGUMENTS,
                f"`{name}` fills up with one character, written out",
                fill,
                f'write `{name}(width, "-")`',
            )
        width = _argument(body, given["width"], PY_INT, f"the width of `{name}`")
        operands = [(base, _owner(node)), width, (constant(PY_STR, fill.value, body.level), node)]
        return operation(body, PY_STR, counted(Primitive(primitive), 1, given["width"]), operands, total=False)

    return handler


def _zfill(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
    """`text.zfill(width)`"""
    del expected
    given = matched(body, node, "zfill", [Parameter("width", positional=True)])["width"]
    width = _argument(body, given, PY_INT, "the width of `zfill`")
    term = counted(Primitive("str_zero_fill"), 1, given)
    return operation(body, PY_STR, term, [(base, _owner(node)), width], total=False)


# ---- parts -----------------------------------------------------------------------------------------------------------


def _splitting(name: str) -> MethodHandler:
    """`text.split()`, `text.split(",")`, `text.split(",", 1)`, and `rsplit`, which begins at the end."""

    def handler(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
        del expected
        given = matched(body, node, name, [Parameter("sep", optional=True), Parameter("maxsplit", optional=True)])
        texts = PyList(PY_STR)
        owner = (base, _owner(node))
        if "sep" not in given or _is_none(given["sep"]):
            if "maxsplit" in given:
                raise body.problem(
                    Code.UNSUPPORTED,
                    f"`{name}` at white space has no `maxsplit` here",
                    node,
                    f'name the separator: `{name}(" ", 1)`',
                )
            return operation(body, texts, Primitive("str_split_words"), [owner])
        if next(iter(given)) != "sep":
            raise body.problem(Code.ARGUMENTS, "the separator comes first", node, f'write `{name}(",", 1)`')
        separator = _argument(body, given["sep"], PY_STR, f"the separator of `{name}`")
        most: Operand = (constant(PY_INT, -1, body.level), node)
        if "maxsplit" in given:
            most = _argument(body, given["maxsplit"], PY_INT, "`maxsplit`")
        parts = Primitive("str_split") if name == "split" else _split_from_the_end()
        term = counted(parts, 2, given.get("maxsplit", ast.Constant(-1)))
        return operation(body, texts, term, [owner, separator, most], total=False)

    return handler


def _split_from_the_end() -> Term:
    """(text, separator, how often at most) -> the parts: those of what is read backwards, read backwards."""
    text, separator = (_backwards(Project(label)) for label in ("0", "1"))
    parts = applied(Primitive("str_split"), [text, separator, Project("2")])
    return compose(fork(Identity(), parts), MapEach(_backwards(Project("1"))), Primitive("list_reversed"))


def _backwards(text: Term) -> Term:
    return applied(Primitive("str_slice"), [text, _number(_END), _number(-_END), _number(-1)])


def _join(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
    """`", ".join(names)`"""
    del expected
    given = matched(body, node, "join", [Parameter("iterable", positional=True)])["iterable"]
    source = iterated(body, given)
    if source.element != PY_STR:
        raise body.problem(
            Code.MISMATCH,
            f"`join` takes texts, and each element here is `{shown(source.element)}`",
            given,
            "make texts of them: `[str(x) for x in …]`",
        )
    # What is iterated has no borrows that matter here: a text is made of it at once.
    check_order(body, [(base, _owner(node)), (source.watched or source.value, given)])
    return operation(body, PY_STR, Primitive("str_join"), [(base, _owner(node)), (source.value, given)])


def _partition(name: str, search: str) -> MethodHandler:
    """`text.partition(":")`: what is before, the separator, what is after; the text and two empty ones, or as many
    before it, where the separator is not there."""

    def handler(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
        del expected
        given = matched(body, node, name, [Parameter("sep", positional=True)])["sep"]
        separator, _ = _argument(body, given, PY_STR, f"the separator of `{name}`")

        def parts(text: Lowered, sep: Lowered) -> Lowered:
            index = operation(body, PY_INT, Primitive(search), [(text, node), (sep, given)])
            whole = (text, None, None) if name == "partition" else (None, None, text)

            def chosen(at: Lowered) -> Lowered:
                cut = _cut(body, text, sep, at)
                absent = fork(*(_at(body, one) for one in whole))
                return replace(cut, term=If(_is_negative(at.at(body.level)), absent, cut.at(body.level)))

            return pinned(body, index, chosen)

        checked = _not_empty(body, separator, "the separator of a text is not empty")
        return pinned(body, base, lambda text: pinned(body, checked, lambda sep: parts(text, sep)))

    return handler


def _at(body: Body, value: Lowered | None) -> Term:
    return Constant(STR, "") if value is None else value.at(body.level)


def _cut(body: Body, text: Lowered, separator: Lowered, at: Lowered) -> Lowered:
    """The text before an index, the separator, and the text after the separator."""
    start, sep, whole = at.at(body.level), separator.at(body.level), text.at(body.level)
    after = applied(Primitive("add"), [start, compose(sep, Primitive("length"))])
    term = fork(slice_of(whole, _number(0), start), sep, slice_of(whole, after, _number(_END)))
    return Lowered(PyTuple((PY_STR, PY_STR, PY_STR)), term, body.level)


_END: Final = 2**62
"""Beyond the end of every text."""


def _number(value: int) -> Term:
    return Constant(INT, value)


def slice_of(text: Term, start: Term, stop: Term) -> Term:
    """environment -> the part of a text from `start` up to but without `stop`."""
    return applied(Primitive("str_slice"), [text, start, stop, _number(1)])


def _is_negative(number: Term) -> Term:
    return applied(Primitive("less"), [number, _number(0)])


def _not_empty(body: Body, value: Lowered, message: str) -> Lowered:
    """The text itself; an empty one traps."""
    if isinstance(value.term, Constant) and value.term.value != "":
        return value
    failure = compose(Constant(STR, message), Trap("ValueError"))

    def checked(text: Lowered) -> Lowered:
        term = text.at(body.level)
        is_empty = applied(Primitive("equal"), [term, Constant(STR, "")])
        return Lowered(PY_STR, If(is_empty, failure, term), body.level)

    return pinned(body, value, checked)


# ---- beginnings and ends ---------------------------------------------------------------------------------------------


def _begins(name: str, test: str) -> MethodHandler:
    """`text.startswith("a")`, `text.startswith(("a", "b"))`"""

    def handler(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
        del expected
        given = matched(body, node, name, [Parameter("prefix" if name == "startswith" else "suffix", positional=True)])
        where = next(iter(given.values()))
        value = lower(body, where, PY_STR)
        owner = (base, _owner(node))
        if not isinstance(value.type, PyTuple) or any(element != PY_STR for element in value.type.elements):
            part = fitted(body, value, PY_STR, where, f"what `{name}` asks for")
            return operation(body, PY_BOOL, Primitive(test), [owner, (part, where)])
        check_order(body, [owner, (value, where)])
        count = len(value.type.elements)

        def any_of(text: Lowered, parts: Lowered) -> Lowered:
            term: Term = Constant(BOOL, False)
            for index in reversed(range(count)):
                part = compose(parts.at(body.level), Project(str(index)))
                term = If(applied(Primitive(test), [text.at(body.level), part]), Constant(BOOL, True), term)
            return Lowered(PY_BOOL, term, body.level, calm=True)

        return pinned(body, base, lambda text: pinned(body, value, lambda parts: any_of(text, parts)))

    return handler


def _removed(name: str, test: str) -> MethodHandler:
    """`text.removeprefix("a")`, `text.removesuffix("a")`"""

    def handler(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
        del expected
        given = matched(body, node, name, [Parameter("part", positional=True)])["part"]
        part, _ = _argument(body, given, PY_STR, f"what `{name}` takes away")

        def without(text: Lowered, taken: Lowered) -> Lowered:
            whole, length = text.at(body.level), compose(taken.at(body.level), Primitive("length"))
            rest = (
                slice_of(whole, length, _number(_END))
                if name == "removeprefix"
                else slice_of(
                    whole, _number(0), applied(Primitive("subtract"), [compose(whole, Primitive("length")), length])
                )
            )
            has = applied(Primitive(test), [whole, taken.at(body.level)])
            return Lowered(PY_STR, If(has, rest, whole), body.level, calm=True)

        return pinned(body, base, lambda text: pinned(body, part, lambda taken: without(text, taken)))

    return handler


def _replace(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
    """`text.replace("a", "b")`, `text.replace("a", "b", 1)`"""
    del expected
    parameters = [Parameter("old", positional=True), Parameter("new", positional=True)]
    given = matched(body, node, "replace", [*parameters, Parameter("count", positional=True, optional=True)])
    old, new = (_argument(body, given[name], PY_STR, f"`{name}` of `replace`") for name in ("old", "new"))
    operands: list[Operand] = [(base, _owner(node)), old, new]
    if "count" not in given:
        return operation(body, PY_STR, Primitive("str_replace"), operands)
    number, where = _argument(body, given["count"], PY_INT, "`count` of `replace`")
    operands.append((count(number, given["count"]), where))
    check_order(body, operands)

    def bound(waiting: list[Lowered], done: tuple[Lowered, ...]) -> Lowered:
        if waiting:
            return pinned(body, waiting[0], lambda one: bound(waiting[1:], (*done, one)))
        text, part, instead, most = (one.at(body.level) for one in done)
        return Lowered(PY_STR, _replaced_at_most(text, part, instead, most), body.level, calm=True)

    found = bound([value for value, _ in operands], ())
    return replace(found, calm=all(value.calm for value, _ in operands))


def _replaced_at_most(text: Term, old: Term, new: Term, most: Term) -> Term:
    """environment -> the text with `new` in place of the first so many `old`, of all where the number is negative."""
    length = compose(text, Primitive("length"))
    every = applied(Primitive("str_replace"), [text, old, new])
    apart = applied(Primitive("str_join"), [new, applied(Primitive("str_split"), [text, old, most])])
    # An empty text is before each code point and at the end: what is put behind the last of the first so many goes.
    filled = applied(Primitive("str_replace"), [slice_of(text, _number(0), most), old, new])
    end = applied(Primitive("subtract"), [compose(filled, Primitive("length")), compose(new, Primitive("length"))])
    first = slice_of(filled, _number(0), end)
    between = applied(Primitive("concat"), [first, slice_of(text, most, _number(_END))])
    some = If(applied(Primitive("less"), [length, most]), every, between)
    is_empty = applied(Primitive("equal"), [old, Constant(STR, "")])
    return If(_is_negative(most), every, If(is_empty, some, apart))


_STRIPPED: Final = (("chars", PY_STR, WHITE_SPACE),)

_PLAIN: Final = (
    _Plain("strip", "str_strip", PY_STR, _STRIPPED),
    _Plain("lstrip", "str_strip_left", PY_STR, _STRIPPED),
    _Plain("rstrip", "str_strip_right", PY_STR, _STRIPPED),
    _Plain("upper", "str_upper", PY_STR, total=False),
    _Plain("lower", "str_lower", PY_STR, total=False),
    _Plain("isdigit", "str_is_digit", PY_BOOL, total=False),
    _Plain("isalpha", "str_is_alpha", PY_BOOL, total=False),
    _Plain("isalnum", "str_is_alnum", PY_BOOL, total=False),
    _Plain("isspace", "str_is_space", PY_BOOL),
    _Plain("isascii", "str_is_ascii", PY_BOOL),
)

METHODS: Final[dict[MethodName, MethodHandler]] = {
    **{(PyStr, method.name): method for method in _PLAIN},
    (PyStr, "split"): _splitting("split"),
    (PyStr, "rsplit"): _splitting("rsplit"),
    (PyStr, "join"): _join,
    (PyStr, "partition"): _partition("partition", "str_find"),
    (PyStr, "rpartition"): _partition("rpartition", "str_rfind"),
    (PyStr, "startswith"): _begins("startswith", "str_starts_with"),
    (PyStr, "endswith"): _begins("endswith", "str_ends_with"),
    (PyStr, "removeprefix"): _removed("removeprefix", "str_starts_with"),
    (PyStr, "removesuffix"): _removed("removesuffix", "str_ends_with"),
    (PyStr, "replace"): _replace,
    (PyStr, "zfill"): _zfill,
    (PyStr, "ljust"): _padding("ljust", "str_pad_right"),
    (PyStr, "rjust"): _padding("rjust", "str_pad_left"),
    (PyStr, "center"): _padding("center", "str_center"),
}

_TABLES: Final = "it asks Unicode's tables, which differ between versions of Python"

HINTS: Final[dict[MethodName, str]] = {
    (PyStr, "format"): "write an f-string",
    (PyStr, "splitlines"): 'write `split("\\n")`: `splitlines` splits at ten other characters too',
    (PyStr, "title"): f"{_TABLES}; write `capitalize()` of one word, for ASCII",
    (PyStr, "swapcase"): f"{_TABLES}; write `upper()` or `lower()`, for ASCII",
    (PyStr, "isdecimal"): f"{_TABLES}; write `isdigit()`, for ASCII",
    (PyStr, "isnumeric"): f"{_TABLES}; write `isdigit()`, for ASCII",
    (PyStr, "isidentifier"): f"{_TABLES}; write `isalnum()`, for ASCII",
    (PyStr, "isprintable"): f"{_TABLES}; write `isascii()`",
    (PyStr, "expandtabs"): 'write `replace("\\t", "    ")`',
    (PyStr, "translate"): "write `replace` for each character",
}
