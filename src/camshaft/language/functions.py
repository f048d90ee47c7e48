"""Functions outside of the machine: those of modules, and the methods of dataclasses.

Each becomes one function of the program, whoever calls it, compiled from its own file with the names of that file. It
sees no `self` of the machine. A function is lowered before what calls it: a body that calls one that is not lowered
yet is given up and lowered again afterwards, which `foreseen` keeps rare.
"""

from __future__ import annotations

import ast
import dataclasses
import sysconfig
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from pathlib import Path
from types import FunctionType
from typing import TypeVar

from camshaft.category.subterms import calls_in
from camshaft.category.terms import Call, Term, compose
from camshaft.language.altered import check_altered
from camshaft.language.arguments import Wanted, arguments
from camshaft.language.body import Body, ObjectWanted
from camshaft.language.diagnostics import Code, Diagnostic, Label, Problem
from camshaft.language.library import function_handler
from camshaft.language.lowered import CONSTANT, SELF, Borrow, Lowered
from camshaft.language.machine import ADAPTER_MARK, MIGRATION_MARK
from camshaft.language.names import object_of
from camshaft.language.object_changes import call_changing, call_in_place
from camshaft.language.pytypes import PyClass, is_mutable
from camshaft.language.repeating import note_draws
from camshaft.language.scan import assigns_in
from camshaft.language.signatures import problem, signature
from camshaft.language.syntax import nodes_of
from camshaft.language.unit import (
    Behaviour,
    Function,
    GivenPlace,
    Lowering,
    ParameterSignature,
    Signature,
    Standing,
    Unit,
    free_key,
    key_parameters,
)

T = TypeVar("T")

MAX_KEY = 80
"""The most characters of a function's own name that its name in the program has."""


class NotLoweredYet(Exception):
    """A body calls a function that has to be lowered before it."""

    def __init__(self, function: Function, label: Label, inside: str) -> None:
        super().__init__(function.shown)
        self.function = function
        self.label = label
        self.inside = inside


# ---- calling ---------------------------------------------------------------------------------------------------------


def call_function(
    body: Body, node: ast.Call, function: FunctionType, receiver: tuple[Lowered, ast.AST] | None = None
) -> Lowered:
    """A call of a module's function, or of a dataclass's method on a `receiver`. Raises Problem, NotLoweredYet."""
    if comes_with_python(function):
        raise body.problem(
            Code.UNSUPPORTED,
            f"`{function.__name__}` comes with Python, and each version of Python may write it otherwise",
            node.func,
            "write a function of your own: `def name(…) -> …:` at the top of this file",
        )
    owner: PyClass | None = None
    if receiver is not None:
        type_ = receiver[0].type
        assert isinstance(type_, PyClass)
        owner = type_
    found = find(body.unit, function, owner)
    behaviour = _behaviour(body, found, node)
    if receiver is not None and is_mutable(found.signature.result):
        giver = partial(_version, body, found, node, gives_place=True)
        placed = call_in_place(body, node, (found, behaviour), receiver, giver)
        if placed is not None:
            return placed
    if found.signature.changes_object:
        return call_changing(body, node, found, behaviour, partial(_version, body, found, node))
    own = found.signature.parameters[1 if owner is not None else 0 :]
    wanted = [Wanted(one.name, one.type, one.default, one.keyword_only) for one in own]
    given = arguments(body, node, wanted, f"`{found.shown}`", receiver)
    check_altered(body, behaviour, given, node, f"`{found.shown}`")
    borrows: tuple[Borrow, ...] = ()
    if is_mutable(found.signature.result):
        constant = {path for path in behaviour.returns if str(path[0]).endswith(CONSTANT)}
        if behaviour.returns - constant or behaviour.stores:
            new = behaviour.returns_new and not behaviour.stores
            borrows = tuple(dataclasses.replace(borrow.may_be(), fresh=new) for borrow in given.borrows)
        if constant:
            path = (f"{found.shown}(){CONSTANT}",)
            borrows += (
                Borrow(path, found.signature.result, node, exact=False, shared=True, fresh=behaviour.returns_new),
            )
    return Lowered(
        found.signature.result,
        compose(given.record, Call(found.key)),
        body.level,
        borrows=borrows,
        writes=given.writes,
    )


def _version(
    body: Body, found: Function, node: ast.AST, place: GivenPlace, *, gives_place: bool = False
) -> Function | None:
    """A dataclass's method as one that uses its object where that stands; None where there is no such one.

    Raises NotLoweredYet.
    """
    if found.in_circle:
        return None
    version = found.versions.get((place, gives_place))
    if version is None:
        assert body.machine is not None
        own, *rest = found.signature.parameters
        standing = Standing(body.machine, own.type, place)
        made = dataclasses.replace(
            found.signature,
            parameters=(*key_parameters(place), *rest),
            changes_object=False,
            standing=standing,
            gives_place=gives_place,
        )
        way = "_".join(step or "each" for step in place.steps)
        key = free_key(found.unit, f"{found.key}{'_place' if gives_place else ''}_in_{way}"[:MAX_KEY])
        version = found.versions[place, gives_place] = Function(key, found.shown, found.unit, made)
    if version.is_refused:
        return None
    if version.lowering is None:
        raise NotLoweredYet(version, Label(body.unit.source.span(node)), body.inside)
    return version


def _behaviour(body: Body, found: Function, node: ast.AST) -> Behaviour:
    if found.lowering is not None:
        return found.lowering.behaviour
    if found.in_circle:
        return Behaviour()
    raise NotLoweredYet(found, Label(body.unit.source.span(node)), body.inside)


def comes_with_python(function: FunctionType) -> bool:
    """Whether a function is of the standard library: its code is not the project's, and changes with the version."""
    return _is_of_python(function.__code__.co_filename)


@cache
def _is_of_python(file: str) -> bool:
    if file.startswith("<frozen "):
        return True
    library = Path(sysconfig.get_path("stdlib"))
    return Path(file).is_relative_to(library) and "site-packages" not in Path(file).parts


# ---- finding ---------------------------------------------------------------------------------------------------------


def find(unit: Unit, function: FunctionType, owner: PyClass | None = None) -> Function:
    """The function that a Python function becomes. Raises Problem where it cannot become one."""
    found = unit.program.functions.get(function)
    if found is None:
        found = unit.program.functions[function] = _found(unit, function, owner)
    return found


def _found(unit: Unit, function: FunctionType, owner: PyClass | None) -> Function:
    source, node = unit.annotations.sources.of_function(function)
    shown = function.__qualname__.rpartition("<locals>.")[2]
    own = unit.of_file(source, function.__globals__, shown.removesuffix(function.__name__))
    if "<locals>" in function.__qualname__:
        raise problem(
            own,
            Code.UNSUPPORTED,
            f"`{shown}` is defined within another function, whose variables it could see",
            node,
            "define it at the top of its file",
            shown,
        )
    if hasattr(function, ADAPTER_MARK):
        raise problem(
            own, Code.ADAPTER, f"`{shown}` is an adapter: only clients of an old version run it", node, "", shown
        )
    _check_decorators(own, node, shown)
    if getattr(function, MIGRATION_MARK, False):
        raise problem(own, Code.MIGRATION, f"`{shown}` is a migration: only an upgrade runs it", node, "", shown)
    try:
        made = signature(own, node, function, bound=owner is not None)
    except Problem as error:
        raise _inside(error, shown) from error
    if owner is not None:
        parameters = (ParameterSignature(SELF, owner), *made.parameters)
        sure = not owner.frozen and assigns_in(node.body, SELF)
        made = dataclasses.replace(made, parameters=parameters, of_object=True, changes_object=sure)
    key = free_key(unit, shown.replace(".", "_")[:MAX_KEY])
    return Function(key, shown, own, made)


def _check_decorators(unit: Unit, node: ast.FunctionDef, shown: str) -> None:
    for decorator in node.decorator_list:
        if object_of(unit.names, decorator) in (property, staticmethod):
            continue
        raise problem(
            unit,
            Code.UNSUPPORTED,
            f"`@{ast.unparse(decorator)}` is not supported on a function that a machine calls",
            decorator,
            "leave it out: what is called is the plain function",
            shown,
        )


def _inside(error: Problem, shown: str) -> Problem:
    found = error.diagnostic
    return Problem(None if found is None else dataclasses.replace(found, inside=found.inside or shown))


def method_of(type_: PyClass, name: str) -> object:
    """What a dataclass's own body defines under a name: a function, a property, or None."""
    found = type_.cls.__dict__.get(name)
    return found if isinstance(found, FunctionType | property | staticmethod | classmethod) else None


# ---- the order of lowering -------------------------------------------------------------------------------------------


def settled(unit: Unit, build: Callable[[], T], lower_body: Callable[[Unit, Signature], Lowering]) -> T:
    """What `build` lowers, with all functions that it calls lowered before it."""
    while True:
        reported = len(unit.diagnostics)
        try:
            return build()
        except NotLoweredYet as missing:
            del unit.diagnostics[reported:]
            lower_function(unit, missing.function, lower_body)


def lower_function(unit: Unit, first: Function, lower_body: Callable[[Unit, Signature], Lowering]) -> None:
    """Lower a function, and before it those that it calls. A circle is reported."""
    open_ = [first]
    while open_:
        current = open_[-1]
        reported = len(unit.diagnostics)
        try:
            current.lowering = lower_body(current.unit, current.signature)
        except NotLoweredYet as missing:
            del unit.diagnostics[reported:]
            if missing.function in open_:
                circle = open_[open_.index(missing.function) :]
                _report_circle(unit, [*circle, missing.function], missing)
            else:
                open_.append(missing.function)
        except ObjectWanted:
            del unit.diagnostics[reported:]
            current.signature = dataclasses.replace(current.signature, changes_object=True)
        else:
            wrong = len(unit.diagnostics) > reported
            if current.signature.gives_place:
                wrong = wrong or current.lowering.place is None
            if current.signature.standing is not None and wrong:
                del unit.diagnostics[reported:]
                current.is_refused = True
            else:
                unit.program.lowered.append(current)
                note_draws(unit, current.key, current.lowering.term)
            open_.pop()


def _report_circle(unit: Unit, circle: list[Function], missing: NotLoweredYet) -> None:
    missing.function.in_circle = True
    names = " -> ".join(one.shown for one in circle)
    others = tuple(
        Label(one.unit.source.span(one.signature.node), f"`{one.shown}` is in the circle") for one in circle[:-2]
    )
    found = Diagnostic(
        Code.RECURSION,
        f"functions call each other in a circle: {names}",
        missing.label,
        missing.inside,
        others,
        "write a loop, and keep what is still to do in a list",
    )
    unit.report(Problem(found), missing.inside)


def drop_uncalled(unit: Unit, roots: Iterable[Term]) -> None:
    """Leave out the methods of dataclasses of which only versions are called."""
    if all(one.signature.standing is None for one in unit.program.lowered):
        return
    called = {key for root in roots for key in calls_in(root)}
    kept: list[Function] = []
    for one in reversed(unit.program.lowered):
        if one.key in called or not (one.versions and one.signature.of_object):
            assert one.lowering is not None
            called |= calls_in(one.lowering.term)
            kept.append(one)
    unit.program.lowered = kept[::-1]


def foreseen(unit: Unit, definitions: Iterable[ast.FunctionDef]) -> list[Function]:
    """The functions that definitions seem to call, each after those that it seems to call itself.

    Seen by names only: a forecast, which `settled` corrects.
    """
    done: dict[Function, None] = {}
    open_: set[Function] = set()
    waiting: list[tuple[Function | None, Iterator[Function]]] = [
        (None, (one for definition in definitions for one in _named(unit, definition)))
    ]
    while waiting:
        function, callees = waiting[-1]
        callee = next(callees, None)
        if callee is None:
            waiting.pop()
            if function is not None:
                done[function] = None
        elif callee not in open_:
            open_.add(callee)
            waiting.append((callee, _named(callee.unit, callee.signature.node)))
    return list(done)


def _named(unit: Unit, definition: ast.FunctionDef) -> Iterator[Function]:
    attributes: set[str] = set()
    for node in nodes_of(definition):
        if isinstance(node, ast.Call):
            obj = object_of(unit.names, node.func)
            if isinstance(obj, FunctionType) and function_handler(obj) is None and not comes_with_python(obj):
                yield from _findable(unit, obj, None)
        elif isinstance(node, ast.Attribute):
            attributes.add(node.attr)
    for described in unit.annotations.described():
        for name in sorted(attributes & described.cls.__dict__.keys()):
            method = method_of(described, name)
            function = method.fget if isinstance(method, property) else method
            if isinstance(function, FunctionType):
                yield from _findable(unit, function, described)


def _findable(unit: Unit, function: FunctionType, owner: PyClass | None) -> Iterator[Function]:
    try:
        yield find(unit, function, owner)
    except Problem:
        return  # it is told where the function is really called
