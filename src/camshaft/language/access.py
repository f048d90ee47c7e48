"""Reading names, fields and elements: `x`, `self.count`, `line.price`, `self.stock[sku]`, `pair[0]`, `text[-1]`.

A chain of fields and elements from `self` or from a variable is a place: it is read in one step, and `targets` writes
it. What a test has narrowed is read at its narrower type.
"""

from __future__ import annotations

import ast
import dataclasses
import difflib
import types
from collections.abc import Iterable
from dataclasses import replace
from enum import EnumMeta
from typing import Any

from camshaft.category.terms import Primitive, compose
from camshaft.language import references
from camshaft.language.aliases import check_use, ended
from camshaft.language.body import Body, expression, lower
from camshaft.language.constants import class_constant, module_constant
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.fitting import narrowing, widening
from camshaft.language.flow import Variable
from camshaft.language.homes import Ended
from camshaft.language.key_forms import fitted_key
from camshaft.language.literals import as_literal, plain
from camshaft.language.lowered import SELF, Borrow, Lowered, Opening, PlaceRef, shown_path
from camshaft.language.names import is_builtin, lookup, object_of
from camshaft.language.parts import element, fitted_index, part, tuple_element
from camshaft.language.pytypes import (
    PY_INT,
    PY_STR,
    PyBytes,
    PyClass,
    PyDict,
    PyList,
    PyMachine,
    PySequence,
    PyStr,
    PyTuple,
    PyType,
    PyUnion,
    is_mutable,
    is_optional,
    shown,
)
from camshaft.language.slices import sliced
from camshaft.language.statics import ATTRIBUTES, enum_member, member_of_name, static
from camshaft.language.union_fields import no_field, shared_field, tested_first
from camshaft.language.unsupported import BUILTINS

PathNode = ast.Name | ast.Attribute | ast.Subscript


class PropertyRead(ast.Call):
    """A property that is read: the call that Python makes. `receiver`: of what object, None for the machine itself."""

    receiver: Lowered | None

    @staticmethod
    def of(node: ast.Attribute, receiver: Lowered | None) -> PropertyRead:
        """The call of the property that an attribute is."""
        made = ast.copy_location(PropertyRead(func=node, args=[], keywords=[]), node)
        made.receiver = receiver
        return made


class TextOfObject(ast.Call):
    """`str(card)` of a dataclass with a `__str__`: the call that Python makes."""

    receiver: Lowered

    @staticmethod
    def of(node: ast.expr, receiver: Lowered) -> TextOfObject:
        """The call for an object, which `node` is in the source."""
        function = ast.copy_location(ast.Attribute(node, "__str__", ast.Load()), node)
        made = ast.copy_location(TextOfObject(func=function, args=[], keywords=[]), node)
        made.receiver = receiver
        return made


@expression(ast.Name, ast.Attribute, ast.Subscript)
def read(body: Body, node: PathNode, expected: PyType | None) -> Lowered:
    """The value of a name, a field or an element."""
    value = access(body, node)
    check_use(body, value, node)
    return as_literal(value, expected, body.level)


def access(body: Body, node: ast.expr) -> Lowered:
    """The value of an expression that more of a path may follow: its use is not checked yet. Raises Problem."""
    match node:
        case ast.Name():
            return _narrowed(body, _name(body, node))
        case ast.Attribute():
            return _narrowed(body, _attribute(body, node))
        case ast.Subscript():
            return _narrowed(body, _element(body, node))
        case _:
            return lower(body, node)


def _narrowed(body: Body, value: Lowered) -> Lowered:
    found = None if value.path is None else body.flow.narrowed.get(value.path)
    if found is None or found.type == value.type:
        return value
    if found.port is not None and found.port.level <= body.level:
        place = _opened(body, value, found.type)
        return replace(value, type=found.type, term=body.flow.scope.read(found.port), level=body.level, place=place)
    return replace(
        value,
        type=found.type,
        term=compose(value.term, narrowing(value.type, found.type)),
        place=_opened(body, value, found.type),
        borrows=value.borrows if is_mutable(found.type) else (),
    )


def _opened(body: Body, value: Lowered, type_: PyType) -> PlaceRef | None:
    """The place of a member of a union that is at a place, where it can change and is known to be that member."""
    if value.place is None or not is_mutable(type_) or isinstance(type_, PyUnion):
        return None
    slot = body.hidden(f"{shown_path(value.path or ())} as {shown(type_)}", type_).slot
    assert slot is not None
    opening = Opening(value.place, narrowing(value.type, type_), widening(type_, value.type))
    return PlaceRef(slot, (), (), opening=opening)


# ---- names -----------------------------------------------------------------------------------------------------------


def find_variable(body: Body, node: ast.Name) -> Variable | None:
    """The variable of a name, None where the name is not a variable's. Raises Problem where it may be undefined."""
    name = node.id
    found = body.flow.variables.get(name)
    if found is not None:
        return found
    if name not in body.names:
        return None
    if name in body.broken:
        raise Problem(None)
    if name in body.undecided:
        kind, problem = body.undecided[name]
        body.undecided[name] = (kind, Problem(None))  # it is told once, and what follows may still tell the type
        raise problem
    if name in body.slots and name in body.flow.assigned:
        return body.slots[name]
    if name in body.names.captures:
        reason = f"`{name}` has a value only within the loop or the case that binds it"
        help_ = f"assign it to a variable of its own that has a value before: `last = {name}`"
    else:
        reason = f"`{name}` may be undefined here: not every way to this line assigns it"
        help_ = f"assign it before, on every way: `{name} = …`"
    raise body.problem(Code.UNDEFINED, reason, node, help_)


def _name(body: Body, node: ast.Name) -> Lowered:
    variable = find_variable(body, node)
    if variable is None:
        return _module_constant(body, node)
    return variable_value(body, variable, node)


def variable_value(body: Body, variable: Variable, node: ast.AST) -> Lowered:
    """What a variable holds or stands for. Raises Problem where that is gone."""
    if variable.value is None and is_mutable(variable.type):
        return references.read(body, variable, node)
    home = body.flow.homes.get(str(variable.path[0]))
    if isinstance(home, Ended):
        raise ended(body, variable.name, home, node)
    borrows: tuple[Borrow, ...] = variable.borrows
    if is_mutable(variable.type) and not borrows:
        borrows = (Borrow(variable.path, variable.type, node),)
    if variable.value is not None:
        term, place = variable.value.at(body.level), None
    else:
        assert variable.slot is not None
        place = PlaceRef(variable.slot, (), ())
        term = place.get(body.level)
    return Lowered(
        variable.type,
        term,
        body.level,
        calm=True,
        # What is popped from, within an expression, is not the same everywhere in it.
        stable=variable.name not in body.names.unsettled,
        borrows=tuple(replace(borrow, node=node) for borrow in borrows),
        path=variable.path,
        place=place,
    )


def _module_constant(body: Body, node: ast.Name) -> Lowered:
    name = node.id
    if name == SELF and body.unit.machine is not None:
        raise body.problem(
            Code.UNSUPPORTED, "`self` stands only before a field or a method here", node, "name what you need of it"
        )
    try:
        obj = lookup(body.unit.names, name)
    except KeyError:
        raise _unknown_name(body, node) from None
    if name in BUILTINS and is_builtin(body.unit.names, name):
        raise body.problem(Code.UNSUPPORTED, BUILTINS[name].message, node, BUILTINS[name].help)
    return module_constant(body, node, obj)


def _unknown_name(body: Body, node: ast.Name) -> Problem:
    name = node.id
    machine = body.unit.machine
    if machine is not None and machine.field(name) is not None:
        help_ = f"the field is `self.{name}`"
    elif name == SELF:
        help_ = "a function of a module sees no machine: give it what it needs as a parameter, or make it a method"
    elif machine is not None and name in body.unit.signatures:
        help_ = f"the method is `self.{name}(…)`"
    else:
        known = [*body.flow.variables, *body.slots, *body.unit.names]
        help_ = did_you_mean(name, known) or f"assign it before: `{name} = …`"
    return body.problem(Code.UNKNOWN_NAME, f"`{name}` is not defined", node, help_)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A suggestion, or "" where nothing known is like the name."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean `{close[0]}`?" if close else ""


# ---- fields ----------------------------------------------------------------------------------------------------------


def _attribute(body: Body, node: ast.Attribute) -> Lowered:
    machine = body.unit.machine
    if machine is not None and isinstance(node.value, ast.Name) and node.value.id == SELF:
        base = Lowered(
            machine,
            PlaceRef(0, (), ()).get(body.level),
            body.level,
            calm=True,
            borrows=(Borrow((SELF,), machine, node),),
            path=(SELF,),
            place=PlaceRef(0, (), ()),
        )
        return _field(body, base, node)
    member = enum_member(body, node)
    if member is not None:
        return member
    owner = owner_named(body, node.value)
    if owner is None:
        return _field(body, access(body, node.value), node)
    if isinstance(owner, types.ModuleType):
        return module_constant(body, node, module_member(body, owner, node))
    found = class_constant(body, owner, node.attr, node)
    if found is None:
        raise body.problem(
            Code.NO_ATTRIBUTE,
            f"`{owner.__name__}` has no constant `{node.attr}`",
            node,
            f"fields are those of an object; a constant is `{node.attr}: ClassVar[int] = …` in the class",
        )
    return found


def owner_named(body: Body, node: ast.expr) -> type | types.ModuleType | None:
    """The module, dataclass or machine whose name stands before a dot, None where no such thing does."""
    if isinstance(node, ast.Name) and (node.id in body.names or node.id in body.flow.variables):
        return None
    found = object_of(body.unit.names, node)
    if isinstance(found, types.ModuleType):
        return found
    is_class = isinstance(found, type) and (dataclasses.is_dataclass(found) or body.unit.is_machine(found))
    return found if is_class else None


def module_member(body: Body, module: types.ModuleType, node: ast.Attribute) -> Any:
    """What `module.name` stands for. Raises Problem."""
    if node.attr in vars(module):
        return vars(module)[node.attr]
    help_ = did_you_mean(node.attr, vars(module)) or "define it there, or check the name"
    raise body.problem(Code.UNKNOWN_NAME, f"the module `{module.__name__}` has no `{node.attr}`", node, help_)


def _field(body: Body, base: Lowered, node: ast.Attribute) -> Lowered:
    name = node.attr
    attribute = ATTRIBUTES.get((type(base.type), name))
    if attribute is not None:
        return attribute(body, base, node)
    if not isinstance(base.type, PyClass | PyMachine):
        shared = shared_field(base, name, node)
        if shared is None:
            raise no_field(body, base, node)
        return shared
    found = base.type.field(name)
    if found is None:
        of_self = base.path == (SELF,)
        constant_ = class_constant(body, base.type.cls, name, node)
        if constant_ is not None:
            return constant_
        if of_self and name in body.unit.broken_fields:
            raise Problem(None)
        own = body.unit.signatures.get(name) if of_self else None
        if own is not None and own.is_property:
            return lower(body, PropertyRead.of(node, None))
        if isinstance(base.type, PyClass) and isinstance(base.type.cls.__dict__.get(name), property):
            return lower(body, PropertyRead.of(node, base))
        if own is not None:
            raise body.problem(
                Code.UNSUPPORTED, f"`{name}` is a method: it can only be called", node, f"write `self.{name}(…)`"
            )
        if of_self and not body.unit.sees_state:
            raise body.problem(
                Code.ADAPTER,
                f"an adapter sees no state: `{name}` is no method of the new version",
                node,
                "call a method that gives it; adapters must go on to mean the same when the state changes again",
            )
        known = [one.name for one in base.type.fields]
        owner = "this machine" if of_self else f"`{shown(base.type)}`"
        listed = f"its fields are {', '.join(known) or 'none'}"
        raise body.problem(
            Code.NO_ATTRIBUTE, f"{owner} has no field `{name}`", node, did_you_mean(name, known) or listed
        )
    return part(base, name, found.type, node)


# ---- elements --------------------------------------------------------------------------------------------------------


def _element(body: Body, node: ast.Subscript) -> Lowered:
    enum = static(body, node.value)
    if isinstance(enum, EnumMeta):
        return member_of_name(body, node, enum)
    base = plain(access(body, node.value))
    if isinstance(node.slice, ast.Slice):
        return sliced(body, base, node, node.slice)
    match base.type:
        case PyTuple():
            return tuple_element(body, base, base.type, node)
        case PyList() | PySequence():
            index = fitted_index(body, node.slice)
            return element(body, base, base.type.element, index, Primitive("list_index"), node)
        case PyDict():
            key = fitted_key(body, node.slice, base.type.key, "the key")
            return element(body, base, base.type.value, key, Primitive("map_index"), node)
        case PyBytes():
            index = fitted_index(body, node.slice)
            return element(body, replace(base, place=None), PY_INT, index, Primitive("bytes_index"), node)
        case PyStr():
            index = fitted_index(body, node.slice)
            return element(body, replace(base, place=None), PY_STR, index, Primitive("str_index"), node)
        case _:
            help_ = tested_first(base, node.value) if is_optional(base.type) else ""
            raise body.problem(Code.OPERATOR, f"`{shown(base.type)}` cannot be indexed", node, help_)
