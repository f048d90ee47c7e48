"""Calls: of the machine's own methods and of classes that make values, and which other calls there are.

`functions` has those of modules and of dataclasses' methods, `library` the builtins and their methods.
"""

from __future__ import annotations

import ast
import builtins
import types
from dataclasses import replace
from enum import EnumMeta
from typing import Any, NewType

from camshaft.category.terms import Call, compose
from camshaft.language import aliases
from camshaft.language.access import PropertyRead, TextOfObject, did_you_mean, module_member, owner_named
from camshaft.language.altered import check_altered
from camshaft.language.arguments import Given, Wanted, arguments
from camshaft.language.body import Body, expression, lower
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.escapes import note_call
from camshaft.language.fitting import fitted
from camshaft.language.functions import call_function, method_of
from camshaft.language.given_places import call_for_place
from camshaft.language.left_behind import may_take
from camshaft.language.library import function_handler, method_call
from camshaft.language.literals import plain
from camshaft.language.lowered import CONSTANT, SELF, Borrow, Lowered, shown_path
from camshaft.language.machine import Refusal
from camshaft.language.names import Site, lookup
from camshaft.language.pytypes import PY_STR, PyClass, PyMachine, PyType, is_mutable, shown
from camshaft.language.statics import member_of_value, static
from camshaft.language.substitutes import check_substitutes
from camshaft.language.unit import Behaviour, Signature
from camshaft.language.unsupported import BUILTINS

# ---- what is called --------------------------------------------------------------------------------------------------


@expression(ast.Call)
def call(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`f(x)`, `self.f(x)`, `xs.f(x)`, `Class(x)`"""
    if node in body.looked_up:
        return lower(body, body.looked_up[node])
    function = node.func
    check_substitutes(body, function)
    if isinstance(function, ast.Attribute):
        if isinstance(function.value, ast.Name) and function.value.id == SELF and body.unit.machine is not None:
            return _own_method(body, node, function)
        handler = function_handler(static(body, function))
        if handler is not None:
            return handler(body, node, expected)
        owner = owner_named(body, function.value)
        if isinstance(owner, type):
            return _class_function(body, node, function, owner)
        if owner is None:
            base = plain(lower(body, function.value))
            if isinstance(base.type, PyClass):
                return _object_method(body, node, function, base, base.type)
            return method_call(body, node, function, base, expected)
    obj = called_object(body, function)
    handler = function_handler(obj)
    if handler is not None:
        return handler(body, node, expected)
    if isinstance(obj, types.FunctionType):
        return call_function(body, node, obj)
    if isinstance(obj, NewType):
        return _same(body, node, obj)
    if isinstance(obj, EnumMeta):
        return member_of_value(body, node, obj)
    if isinstance(obj, type) and obj.__module__ != "builtins":
        return construct(body, node, obj)
    raise _not_callable(body, function, obj)


def _same(body: Body, node: ast.Call, made: NewType) -> Lowered:
    """`UserId(text)`: a type that only a type checker tells from the one that it is made of."""
    if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
        raise body.problem(Code.ARGUMENTS, f"`{made.__name__}` takes one value", node, f"write `{made.__name__}(x)`")
    where = node.args[0]
    type_ = body.unit.annotations.of_object(made, Site(body.unit.source, node.func, body.unit.names))
    return fitted(body, lower(body, where, type_), type_, where, f"what `{made.__name__}` takes")


def called_object(body: Body, node: ast.expr) -> Any:
    """What the name of a called function or class stands for. Raises Problem."""
    if isinstance(node, ast.Attribute):
        owner = owner_named(body, node.value)
        return module_member(body, owner, node) if isinstance(owner, types.ModuleType) else None
    if not isinstance(node, ast.Name):
        raise body.problem(Code.UNSUPPORTED, "only a name or a method can be called", node, "call it by its name")
    if node.id in body.names or node.id in body.flow.variables:
        raise body.problem(
            Code.UNSUPPORTED, f"`{node.id}` is a variable: values cannot be called", node, "call a method"
        )
    try:
        return lookup(body.unit.names, node.id)
    except KeyError:
        help_ = did_you_mean(node.id, [*body.unit.names, *body.unit.signatures, *vars(builtins)])
        if node.id in body.unit.signatures:
            help_ = f"the method is `self.{node.id}(…)`"
        raise body.problem(
            Code.UNKNOWN_NAME, f"`{node.id}` is not defined", node, help_ or "define it, or import it"
        ) from None


def _not_callable(body: Body, node: ast.expr, obj: object) -> Problem:
    name = ast.unparse(node)
    reason = BUILTINS.get(name)
    if reason is not None:
        return body.problem(Code.UNSUPPORTED, reason.message, node, reason.help)
    if isinstance(obj, type) and issubclass(obj, BaseException):
        return body.problem(
            Code.REFUSAL,
            f"`{name}` is an exception of Python's, which is no value and which no caller of a machine could get",
            node,
            "declare a refusal, `class OutOfStock(Refusal): …` with typed fields, and raise that",
        )
    if hasattr(obj, "__wrapped__"):
        return body.problem(
            Code.UNSUPPORTED,
            f"`{name}` is decorated, so that it may be something else than the function that is written",
            node,
            "leave the decorator out, or call the plain function",
        )
    return body.problem(
        Code.UNSUPPORTED,
        f"`{name}` cannot be called here: it is no function that is written in Python, no dataclass and no builtin "
        "that the language has",
        node,
        "write a function of your own: `def name(…) -> …:` at the top of this file",
    )


# ---- methods of dataclasses ------------------------------------------------------------------------------------------


@expression(PropertyRead)
def property_read(body: Body, node: PropertyRead, expected: PyType | None) -> Lowered:
    """`self.total`, `line.total`: the call that Python makes of it."""
    del expected
    assert isinstance(node.func, ast.Attribute)
    if node.receiver is None:
        return _own_method(body, node, node.func)
    assert isinstance(node.receiver.type, PyClass)
    found = method_of(node.receiver.type, node.func.attr)
    assert isinstance(found, property)
    assert isinstance(found.fget, types.FunctionType)
    value = call_function(body, node, found.fget, (node.receiver, node.func.value))
    if value.writes:
        raise body.problem(
            Code.MACHINE,
            f"the property `{node.func.attr}` changes its object, and reading one must not change anything",
            node,
            "make it a method: leave `@property` out",
        )
    return value


@expression(TextOfObject)
def text_of_object(body: Body, node: TextOfObject, expected: PyType | None) -> Lowered:
    """`str(card)`, `f"{card}"`"""
    del expected
    assert isinstance(node.func, ast.Attribute)
    assert isinstance(node.receiver.type, PyClass)
    found = method_of(node.receiver.type, "__str__")
    if not isinstance(found, types.FunctionType):
        raise body.problem(
            Code.CLASS, "`__str__` is no plain method", node, "write `def __str__(self) -> str:` in the class"
        )
    value = call_function(body, node, found, (node.receiver, node.func.value))
    if value.writes or value.type != PY_STR:
        raise body.problem(
            Code.CLASS,
            f"`{node.receiver.type.cls.__name__}.__str__` gives the text of its object, and changes nothing",
            node,
            "let it return a `str`, and make what changes something a method of another name",
        )
    return value


def _object_method(body: Body, node: ast.Call, function: ast.Attribute, base: Lowered, type_: PyClass) -> Lowered:
    found = method_of(type_, function.attr)
    match found:
        case types.FunctionType():
            return call_function(body, node, found, (base, function.value))
        case staticmethod():
            inner = found.__func__
            assert isinstance(inner, types.FunctionType)
            return call_function(body, node, inner)
        case property():
            raise body.problem(
                Code.ARGUMENTS,
                f"`{function.attr}` is a property: it is read, not called",
                node,
                f"write `{ast.unparse(function)}`",
            )
        case classmethod():
            raise _no_class_method(body, function)
        case _:
            known = [name for name in type_.cls.__dict__ if method_of(type_, name) is not None]
            if type_.field(function.attr) is not None:
                help_ = f"`{function.attr}` is a field: write `{ast.unparse(function)}`"
            else:
                help_ = did_you_mean(function.attr, known)
            raise body.problem(
                Code.NO_ATTRIBUTE,
                f"`{shown(type_)}` has no method `{function.attr}`",
                function,
                help_ or f"write it in the class: `def {function.attr}(self, …) -> …:`",
            )


def _no_class_method(body: Body, function: ast.Attribute) -> Problem:
    return body.problem(
        Code.UNSUPPORTED,
        f"`{function.attr}` is a class method: classes are not values here",
        function,
        "make it a `@staticmethod` that names the class, or a function of the module",
    )


def _class_function(body: Body, node: ast.Call, function: ast.Attribute, owner: type) -> Lowered:
    """`Money.zero()`"""
    found = owner.__dict__.get(function.attr)
    if isinstance(found, staticmethod) and isinstance(found.__func__, types.FunctionType):
        return call_function(body, node, found.__func__)
    if isinstance(found, classmethod):
        raise _no_class_method(body, function)
    if isinstance(found, types.FunctionType):
        help_ = f"call it on an object: `{function.value.id.lower() if isinstance(function.value, ast.Name) else 'x'}"
        raise body.problem(
            Code.UNSUPPORTED,
            f"`{function.attr}` is a method of an object, and is called on its class here",
            node,
            f"{help_}.{function.attr}(…)`",
        )
    known = [name for name, one in owner.__dict__.items() if isinstance(one, staticmethod)]
    raise body.problem(
        Code.NO_ATTRIBUTE,
        f"`{owner.__name__}` has no function `{function.attr}`",
        function,
        did_you_mean(function.attr, known) or "write a function of the module",
    )


# ---- own methods -----------------------------------------------------------------------------------------------------


def _own_method(body: Body, node: ast.Call, function: ast.Attribute) -> Lowered:
    name = function.attr
    signature = body.unit.signatures.get(name)
    if signature is None:
        static = body.unit.machine.cls.__dict__.get(name) if body.unit.machine is not None else None
        if isinstance(static, staticmethod) and isinstance(static.__func__, types.FunctionType):
            return call_function(body, node, static.__func__)
        raise _no_method(body, function)
    if signature.is_property and not isinstance(node, PropertyRead):
        raise body.problem(
            Code.ARGUMENTS, f"`{name}` is a property: it is read, not called", node, f"write `self.{name}`"
        )
    behaviour = body.unit.behaviours.get(name, Behaviour())
    given = arguments(body, node, _parameters(signature), f"`{name}`")
    _check_arguments_survive(body, given, behaviour, name, node)
    assert body.unit.machine is not None
    for change in sorted(behaviour.changes, key=lambda one: (one.kind.name, shown_path(one.path))):
        aliases.changed(body, change.kind, change.path, node)
        may_take(body, change, node, takes=behaviour.takes)
    for parameter, value, where in given.named:
        if parameter in behaviour.stores:
            fields = behaviour.fields_of(parameter)
            aliases.give(body, value, where, f"`{parameter}` of `{name}`", (SELF,), fields)
    note_call(body, behaviour, node)
    check_altered(body, behaviour, given, node, f"`{name}`")
    giver = body.unit.place_givers.get(name)
    writes = given.writes | behaviour.writes
    if giver is not None:
        return call_for_place(body, node, giver.key, giver.place, signature.result, given.record, writes)
    borrows = _borrowed_by_result(signature.result, behaviour, given, node)
    term = compose(given.record, Call(name))
    return Lowered(signature.result, term, body.level, borrows=borrows, writes=writes)


def _no_method(body: Body, function: ast.Attribute) -> Problem:
    name = function.attr
    if not body.unit.sees_state:
        return body.problem(
            Code.ADAPTER,
            f"the new version has no method `{name}` that clients call, and an adapter calls no others",
            function,
            did_you_mean(name, body.unit.signatures) or "make what it needs a public method",
        )
    if any(isinstance(one, ast.FunctionDef) and one.name == name for one in _methods_in_source(body)):
        return Problem(None)  # its signature has a problem of its own
    return body.problem(
        Code.NO_ATTRIBUTE,
        f"this machine has no method `{name}`",
        function,
        did_you_mean(name, body.unit.signatures) or f"write it: `def {name}(self, …) -> …:`",
    )


def _borrowed_by_result(result: PyType, behaviour: Behaviour, given: Given, node: ast.Call) -> tuple[Borrow, ...]:
    """What the result of an own method is or holds of the state's, of constants', of the arguments'."""
    if not is_mutable(result):
        return ()
    new = behaviour.returns_new
    of_state = [path for path in behaviour.returns if path[0] == SELF]
    of_constants = [path for path in behaviour.returns if str(path[0]).endswith(CONSTANT)]
    borrows = tuple(
        Borrow(path, result, node, exact=False, shared=True, fresh=new) for path in (*of_state, *of_constants)
    )
    if len(borrows) < len(behaviour.returns):
        borrows += tuple(replace(borrow.may_be(), fresh=new) for borrow in given.borrows)
    return borrows


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
            if any(one.is_within(borrow.path) for one in behaviour.changes):
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
            "hold the data in a dataclass",
        )
    if body.unit.told is not None and body.unit.told.cls is cls:
        return body.unit.told
    if issubclass(cls, Refusal):
        raise body.problem(
            Code.REFUSAL,
            f"`{cls.__name__}` is a refusal: it can only be raised",
            node,
            f"write `raise {cls.__name__}(…)`",
        )
    site = Site(body.unit.source, node.func, body.unit.names)
    found = body.unit.annotations.of_object(cls, site)
    assert isinstance(found, PyClass)
    return found
