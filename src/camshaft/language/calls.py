"""Calls: of the machine's own methods, of dataclasses, and of the builtins and methods that the tables below know."""

from __future__ import annotations

import ast
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from camshaft.category.terms import (
    Call,
    Case,
    Constant,
    Distribute,
    Fork,
    Inject,
    Primitive,
    Project,
    Term,
    compose,
)
from camshaft.language import aliases
from camshaft.language.access import did_you_mean
from camshaft.language.annotations import Place, lookup
from camshaft.language.body import Body, expression, lower
from camshaft.language.conditions import lower_test, truth
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.displays import text_of, wanted
from camshaft.language.fitting import check_order, fits, fitted, joined, operation, record_in_order, widening
from camshaft.language.iteration import iterated
from camshaft.language.lowered import SELF, Borrow, Lowered, constant, overlap, shown_path
from camshaft.language.machine import Refusal
from camshaft.language.pytypes import (
    NO_DEFAULT,
    PY_INT,
    PY_STR,
    PyClass,
    PyDict,
    PyInt,
    PyList,
    PyMachine,
    PySequence,
    PyStr,
    PyTuple,
    PyType,
    core,
    is_mutable,
    is_optional,
    optional,
    shown,
)
from camshaft.language.unit import Behaviour, Signature
from camshaft.language.unsupported import BUILTINS
from camshaft.values.types import Variant

# ---- arguments -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """A parameter or field to be given."""

    name: str
    type: PyType
    default: Any
    keyword_only: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """Arguments in the order in which they are evaluated, and the term of the record of all parameters."""

    record: Term
    values: list[tuple[Lowered, ast.AST]]

    @property
    def writes(self) -> frozenset[str]:
        """The fields that evaluating the arguments may change."""
        return frozenset[str]().union(*(value.writes for value, _ in self.values))

    @property
    def calm(self) -> bool:
        """Whether no argument can fail."""
        return all(value.calm for value, _ in self.values)

    @property
    def borrows(self) -> tuple[Borrow, ...]:
        """What a new object of these arguments holds without a copy."""
        return tuple(borrow.held() for value, _ in self.values for borrow in value.borrows)


def arguments(body: Body, node: ast.Call, parameters: Sequence[Wanted], what: str) -> Given:
    """Match a call's arguments with parameters and lower them. Raises Problem."""
    matched = _matched(body, node, parameters, what)
    evaluated: list[tuple[str, Term]] = []
    values: list[tuple[Lowered, ast.AST]] = []
    for parameter, one in matched:
        name = f"`{parameter.name}` of {what}"
        value = fitted(body, lower(body, one, parameter.type), parameter.type, one, name)
        values.append((value, one))
        evaluated.append((parameter.name, value.at(body.level)))
    check_order(body, values)
    given = {label for label, _ in evaluated}
    for parameter in parameters:
        if parameter.name not in given:
            if parameter.default is NO_DEFAULT:
                raise body.problem(
                    Code.ARGUMENTS,
                    f"{what} needs `{parameter.name}: {shown(parameter.type)}`",
                    node,
                    f"write `{parameter.name}=…`",
                )
            evaluated.append((parameter.name, Constant(core(parameter.type), parameter.default)))
    return Given(record_in_order(evaluated, [parameter.name for parameter in parameters]), values)


def _matched(body: Body, node: ast.Call, parameters: Sequence[Wanted], what: str) -> list[tuple[Wanted, ast.expr]]:
    positional = [parameter for parameter in parameters if not parameter.keyword_only]
    if len(node.args) > len(positional):
        help_ = f"it takes {', '.join(f'`{one.name}`' for one in positional) or 'nothing'}"
        if not positional and parameters:
            help_ = "give each by its name: " + ", ".join(f"`{one.name}=…`" for one in parameters)
        raise body.problem(
            Code.ARGUMENTS,
            f"{what} takes {len(positional)} arguments by position, and {len(node.args)} are given",
            node.args[len(positional)],
            help_,
        )
    matched: list[tuple[Wanted, ast.expr]] = []
    for parameter, one in zip(positional, node.args, strict=False):
        if isinstance(one, ast.Starred):
            raise body.problem(Code.UNSUPPORTED, "`*` does not unpack into arguments here", one, "write them out")
        matched.append((parameter, one))
    for keyword in node.keywords:
        if keyword.arg is None:
            raise body.problem(
                Code.UNSUPPORTED, "`**` does not unpack into arguments here", keyword.value, "write them out"
            )
        found = next((parameter for parameter in parameters if parameter.name == keyword.arg), None)
        if found is None:
            known = [parameter.name for parameter in parameters]
            raise body.problem(
                Code.ARGUMENTS,
                f"{what} has no `{keyword.arg}`",
                keyword,
                did_you_mean(keyword.arg, known) or f"it has {', '.join(known) or 'no parameters'}",
            )
        if any(found is before for before, _ in matched):
            raise body.problem(Code.ARGUMENTS, f"`{found.name}` is given twice", keyword, "give it once")
        matched.append((found, keyword.value))
    return matched


# ---- what is called --------------------------------------------------------------------------------------------------


@expression(ast.Call)
def call(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`f(x)`, `self.f(x)`, `xs.f(x)`, `Class(x)`"""
    function = node.func
    if isinstance(function, ast.Attribute):
        if isinstance(function.value, ast.Name) and function.value.id == SELF and body.unit.machine is not None:
            return _own_method(body, node, function)
        if module_member(body, function) is None:
            return _method(body, node, function)
    obj = called_object(body, function)
    if isinstance(obj, type) and obj is not bool and obj.__module__ != "builtins":
        return construct(body, node, obj)
    handler = _BUILTINS.get(obj) if callable(obj) else None
    if handler is None:
        raise _not_callable(body, function)
    return handler(body, node, expected)


def module_member(body: Body, node: ast.Attribute) -> Any:
    """What `module.name` stands for, or None where it is no such thing."""
    if not isinstance(node.value, ast.Name) or node.value.id in body.names or node.value.id in body.flow.variables:
        return None
    module = body.unit.names.get(node.value.id)
    return getattr(module, node.attr, None) if isinstance(module, types.ModuleType) else None


def called_object(body: Body, node: ast.expr) -> Any:
    """What the name of a called function or class stands for. Raises Problem."""
    if isinstance(node, ast.Attribute):
        return module_member(body, node)
    if not isinstance(node, ast.Name):
        raise body.problem(Code.UNSUPPORTED, "only a name or a method can be called", node, "call it by its name")
    if node.id in body.names or node.id in body.flow.variables:
        raise body.problem(
            Code.UNSUPPORTED, f"`{node.id}` is a variable: values cannot be called", node, "call a method"
        )
    try:
        return lookup(body.unit.names, node.id)
    except KeyError:
        help_ = did_you_mean(node.id, [*body.unit.names, *body.unit.signatures])
        if node.id in body.unit.signatures:
            help_ = f"the method is `self.{node.id}(…)`"
        raise body.problem(
            Code.UNKNOWN_NAME, f"`{node.id}` is not defined", node, help_ or "define it, or import it"
        ) from None


def _not_callable(body: Body, node: ast.expr) -> Problem:
    name = ast.unparse(node)
    reason = BUILTINS.get(name)
    if reason is not None:
        return body.problem(Code.UNSUPPORTED, reason.message, node, reason.help)
    return body.problem(
        Code.UNSUPPORTED,
        f"`{name}` cannot be called here: the language has its own methods, dataclasses and a few builtins",
        node,
        "write a helper method of this machine: `def _name(self, …)`",
    )


# ---- own methods -----------------------------------------------------------------------------------------------------


def _own_method(body: Body, node: ast.Call, function: ast.Attribute) -> Lowered:
    name = function.attr
    signature = body.unit.signatures.get(name)
    if signature is None:
        if any(isinstance(one, ast.FunctionDef) and one.name == name for one in _methods_in_source(body)):
            raise Problem(None)  # its signature has a problem of its own
        raise body.problem(
            Code.NO_ATTRIBUTE,
            f"this machine has no method `{name}`",
            function,
            did_you_mean(name, body.unit.signatures) or f"write it: `def {name}(self, …) -> …:`",
        )
    behaviour = body.unit.behaviours.get(name, Behaviour())
    given = arguments(body, node, _parameters(signature), f"`{name}`")
    _check_arguments_survive(body, given, behaviour, name, node)
    for field in sorted(behaviour.writes):
        aliases.wrote(body, (SELF, field), node, in_place=True)
    borrows: tuple[Borrow, ...] = ()
    if is_mutable(signature.result) and behaviour.returns_borrowed:
        borrows = (Borrow((SELF,), signature.result, node, exact=False, shared=True), *given.borrows)
    return Lowered(
        signature.result,
        compose(given.record, Call(name)),
        body.level,
        borrows=borrows,
        writes=given.writes | behaviour.writes,
    )


def _methods_in_source(body: Body) -> list[ast.stmt]:
    machine = body.unit.machine
    assert machine is not None
    return body.unit.annotations.define(machine.cls)[1].body


def _parameters(signature: Signature) -> list[Wanted]:
    return [Wanted(one.name, one.type, one.default, one.keyword_only) for one in signature.parameters]


def _check_arguments_survive(body: Body, given: Given, behaviour: Behaviour, name: str, node: ast.AST) -> None:
    """Refuse to pass a part of the state to a method that changes it. Raises Problem."""
    for value, where in given.values:
        for borrow in value.borrows:
            if any(overlap(borrow.path, (SELF, field)) for field in behaviour.writes):
                raise body.problem(
                    Code.ALIAS,
                    f"`{shown_path(borrow.path)}` is passed to `{name}`, which changes it",
                    where,
                    f"let `{name}` read `{shown_path(borrow.path)}` itself",
                    here="the parameter would be another name for it",
                    also=() if where is node else (body.label(node, "changed by this call"),),
                )


# ---- classes ---------------------------------------------------------------------------------------------------------


def construct(body: Body, node: ast.Call, cls: type) -> Lowered:
    """A new dataclass object; in a migration also a new machine. Raises Problem."""
    made = _constructed(body, node, cls)
    given = arguments(body, node, fields_of(made), f"`{cls.__name__}`")
    return Lowered(made, given.record, body.level, calm=given.calm, borrows=given.borrows, writes=given.writes)


def fields_of(type_: PyClass | PyMachine) -> list[Wanted]:
    """The fields of a class as what its constructor takes."""
    machine = isinstance(type_, PyMachine)
    return [Wanted(one.name, one.type, one.default, one.keyword_only or machine) for one in type_.fields]


def _constructed(body: Body, node: ast.Call, cls: type) -> PyClass | PyMachine:
    if body.unit.is_machine(cls):
        wanted_here = body.unit.constructible
        if wanted_here is not None and wanted_here.cls is cls:
            return wanted_here
        raise body.problem(
            Code.UNSUPPORTED,
            f"`{cls.__name__}` is a machine: only a migration to it makes one",
            node,
            "hold the data in a frozen dataclass",
        )
    if issubclass(cls, Refusal):
        raise body.problem(
            Code.REFUSAL,
            f"`{cls.__name__}` is a refusal: it can only be raised",
            node,
            f"write `raise {cls.__name__}(…)`",
        )
    place = Place(body.unit.source, node.func, body.unit.names)
    found = body.unit.annotations.of_object(cls, place)
    assert isinstance(found, PyClass)
    return found


# ---- builtins --------------------------------------------------------------------------------------------------------

BuiltinHandler = Callable[[Body, ast.Call, PyType | None], Lowered]


def _only(body: Body, node: ast.Call, name: str, expected: PyType | None = None) -> tuple[Lowered, ast.expr]:
    if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
        raise body.problem(Code.ARGUMENTS, f"`{name}` takes one argument here", node, f"write `{name}(x)`")
    return lower(body, node.args[0], expected), node.args[0]


def _len(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    del expected
    value, where = _only(body, node, "len")
    if isinstance(value.type, PyTuple):
        return replace(value.as_value(), type=PY_INT, term=constant(PY_INT, len(value.type.elements)).term, borrows=())
    if not isinstance(value.type, PyList | PyDict | PySequence) and value.type != PY_STR:
        help_ = "test for None first" if is_optional(value.type) else "lists, dicts, tuples and texts have a length"
        raise body.problem(Code.OPERATOR, f"`{shown(value.type)}` has no length", where, help_)
    return operation(body, PY_INT, Primitive("length"), [(value, where)])


def _str(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    del expected
    value, where = _only(body, node, "str")
    return text_of(body, value, where)


def _bool(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    del expected
    value, _ = _only(body, node, "bool")
    return truth(value)


def _abs(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    del expected
    value, where = _only(body, node, "abs", PY_INT)
    if value.type != PY_INT:
        fitted(body, value, PY_INT, where, "the argument of `abs`")
    return operation(body, PY_INT, Primitive("absolute"), [(value, where)], wide=True)


def _isinstance(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    del expected
    return lower_test(body, node).value


def _list(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`list(xs)`: a new list of the same elements. Where those can change, they still belong to others."""
    if not node.args and not node.keywords:
        return lower(body, ast.copy_location(ast.List([], ast.Load()), node), expected)
    if len(node.args) != 1 or node.keywords:
        raise body.problem(Code.ARGUMENTS, "`list` takes one argument", node, "write `list(xs)`")
    source = iterated(body, node.args[0])
    borrows = source.value.borrows if source.pair_borrows is not None else source.borrows
    return replace(
        source.value.as_value(),
        type=PyList(source.element),
        borrows=tuple(borrow.held() for borrow in borrows),
        stable=False,
    )


def _tuple(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    value = _list(body, node, expected)
    assert isinstance(value.type, PyList)
    return replace(value, type=PySequence(value.type.element))


def _dict(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`dict(d)`: a new dict of the same entries."""
    if not node.args and not node.keywords:
        return lower(body, ast.copy_location(ast.Dict([], []), node), expected)
    value, where = _only(body, node, "dict", wanted(expected, PyDict))
    if not isinstance(value.type, PyDict):
        raise body.problem(
            Code.ARGUMENTS,
            f"`dict` copies a dict here, and this is `{shown(value.type)}`",
            where,
            "write a comprehension: `{k: v for k, v in …}`",
        )
    mutable = is_mutable(value.type.value)
    borrows = tuple(borrow.step(None, value.type.value).held() for borrow in value.borrows) if mutable else ()
    return replace(value.as_value(), borrows=borrows, stable=False)


_BUILTINS: Final[dict[object, BuiltinHandler]] = {
    len: _len,
    str: _str,
    bool: _bool,
    abs: _abs,
    isinstance: _isinstance,
    list: _list,
    tuple: _tuple,
    dict: _dict,
}


# ---- methods of lists, dicts, texts ----------------------------------------------------------------------------------

MethodHandler = Callable[[Body, ast.Call, Lowered, PyType | None], Lowered]


def _method(body: Body, node: ast.Call, function: ast.Attribute) -> Lowered:
    base = lower(body, function.value)
    handler = _METHODS.get((type(base.type), function.attr))
    if handler is not None:
        return handler(body, node, base, None)
    kind = shown(base.type)
    if (type(base.type), function.attr) in STATEMENT_METHODS:
        raise body.problem(
            Code.UNSUPPORTED,
            f"`{function.attr}` changes a list and gives nothing: it is a statement of its own",
            node,
            "put it on a line of its own",
        )
    help_ = _METHOD_HINTS.get((type(base.type), function.attr), "")
    known = [name for type_, name in (*_METHODS, *STATEMENT_METHODS) if type_ is type(base.type)]
    if is_optional(base.type):
        help_ = f"test it first: `if {ast.unparse(function.value)} is not None:`"
    raise body.problem(
        Code.NO_ATTRIBUTE,
        f"`{kind}` has no method `{function.attr}` here",
        function,
        help_
        or _NO_METHODS.get(type(base.type), "")
        or did_you_mean(function.attr, known)
        or (f"it has {', '.join(sorted(known))}" if known else "write it out"),
    )


def _get(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
    """`d.get(k)` and `d.get(k, default)`, whose default is evaluated in any case."""
    del expected
    type_ = base.type
    assert isinstance(type_, PyDict)
    if not 1 <= len(node.args) <= 2 or node.keywords:
        raise body.problem(Code.ARGUMENTS, "`get` takes a key and perhaps a default", node, "write `d.get(k, 0)`")
    key = fitted(body, lower(body, node.args[0], type_.key), type_.key, node.args[0], "the key")
    assert isinstance(node.func, ast.Attribute)
    operands: list[tuple[Lowered, ast.AST]] = [(base, node.func.value), (key, node.args[0])]
    check_order(body, operands)
    parts = tuple(borrow.step(None, type_.value) for borrow in base.borrows) if is_mutable(type_.value) else ()
    found = Lowered(
        type_,  # never read: the variant of what was found is no type of the language
        compose(
            Fork((("0", base.at(body.level)), ("1", key.at(body.level)))),
            Primitive("map_find"),
        ),
        body.level,
        calm=base.calm and key.calm,
        writes=base.writes | key.writes,
    )
    if len(node.args) == 1:
        result = optional(type_.value)
        variant = core(result)
        assert isinstance(variant, Variant)
        cases = Case((("found", widening(type_.value, result)), ("missing", Inject(variant, "None"))))
        return replace(found, type=result, term=compose(found.term, cases), borrows=parts)
    default = lower(body, node.args[1], type_.value)
    check_order(body, [*operands, (default, node.args[1])])
    common = type_.value if fits(default.type, type_.value) else joined(body, [type_.value, default.type], node)
    fallback = fitted(body, default, common, node.args[1])
    # The default is evaluated in any case, after the lookup, which cannot fail.
    both = Fork((("0", found.term), ("1", fallback.at(body.level))))
    cases = Case(
        (("found", compose(Project("0"), widening(type_.value, common))), ("missing", Project("1"))),
    )
    return replace(
        found,
        type=common,
        term=compose(both, Distribute("0"), cases),
        calm=found.calm and fallback.calm,
        borrows=tuple(borrow.held() for borrow in (*parts, *fallback.borrows)),
        writes=found.writes | fallback.writes,
    )


def _view(name: str) -> MethodHandler:
    def handler(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
        del base, expected
        raise body.problem(
            Code.UNSUPPORTED,
            f"`{name}()` shows the dict itself, which may change: it can only be iterated or copied",
            node,
            f"write `list({ast.unparse(node)})`",
        )

    return handler


_METHODS: Final[dict[tuple[type, str], MethodHandler]] = {
    (PyDict, "get"): _get,
    (PyDict, "keys"): _view("keys"),
    (PyDict, "values"): _view("values"),
    (PyDict, "items"): _view("items"),
}

_NO_METHODS: Final[dict[type, str]] = {
    PyStr: "texts have no methods yet: join them with `+`, index them, compare them, search with `in`",
    PyInt: "integers have no methods here: use the operators",
    PyTuple: "tuples have no methods here: index them, or search with `in`",
    PySequence: "tuples have no methods here: index them, or search with `in`",
    PyClass: "methods of dataclasses are not supported yet: write a helper method of the machine",
}

STATEMENT_METHODS: Final = {(PyList, "append")}
"""The methods that change their object and give nothing: `statements` lowers them."""

_METHOD_HINTS: Final = {
    (PyDict, "pop"): "read the entry, then take it away: `x = d[k]` and `del d[k]`",
    (PyDict, "setdefault"): "write `if k not in d: d[k] = …`",
    (PyDict, "update"): "assign the entries in a loop: `for k, v in other.items(): d[k] = v`",
    (PyDict, "clear"): "assign an empty dict: `d = {}`",
    (PyDict, "copy"): "write `dict(d)`",
    (PyList, "pop"): "read the element, then take it away: `x = xs[-1]` and `del xs[-1]`",
    (PyList, "extend"): "write `xs += ys`",
    (PyList, "insert"): "build a new list with `+`",
    (PyList, "remove"): "take it away by its index: `del xs[i]`",
    (PyList, "clear"): "assign an empty list: `xs = []`",
    (PyList, "sort"): "keep the list in order when adding to it",
    (PyList, "copy"): "write `list(xs)`",
    (PyList, "index"): "search in a loop over `range(len(xs))`",
    (PyList, "count"): "count in a loop",
}
