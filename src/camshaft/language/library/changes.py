"""Changing a container through a method, in the place where it is.

Python looks up the container, then evaluates the arguments from left to right, then changes it. The keys on the way to
the place are evaluated once. An argument that changes the container itself is refused. `d.setdefault(k, [])` is a
place too: `d.setdefault(k, []).append(x)`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from camshaft.category.terms import Fork, If, Primitive, Term, compose, sequence
from camshaft.language import aliases, references
from camshaft.language.access import access
from camshaft.language.body import Body, lower
from camshaft.language.change import Kind
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import applied, fitted
from camshaft.language.key_forms import frozen
from camshaft.language.left_behind import is_taken
from camshaft.language.library.handlers import Parameter, is_at_hand, matched
from camshaft.language.locating import changeable, path_of, with_keys
from camshaft.language.lowered import (
    Borrow,
    Lowered,
    Path,
    PlaceRef,
    constant,
    nothing,
    overlap,
    written_name,
    written_path,
)
from camshaft.language.pytypes import PY_NONE, PyDict, PyType, is_mutable, shown

Operand = tuple[Lowered, ast.expr]


@dataclass(frozen=True, slots=True)
class Container:
    """What a method changes: its type, where it is, and the text that names it. The keys of the place are bound.

    `path` is how it was reached, and may begin with a name that stands for a place; `owner` is the path of that.
    `written`: collects what evaluating the method's call changes, as in `Lowered.writes`.
    """

    type: PyType
    place: PlaceRef
    path: Path
    owner: Path
    name: str
    node: ast.expr
    written: set[str]

    def get(self, body: Body) -> Term:
        """environment -> the container"""
        return self.place.get(body.level)

    def put(self, body: Body, value: Term) -> Term:
        """environment -> (): the container becomes another"""
        return self.place.put(value, body.level)

    def element(self, key: Lowered) -> PlaceRef:
        """The place of the element under a key that is bound."""
        return self.place.element(key)


Build = Callable[[Container], Term]


def on_place(body: Body, node: ast.expr, build: Build) -> Term:
    """environment -> what `build` makes of the container that a node leads to. Raises Problem."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "setdefault":
        function, call = node.func, node
        if not aliases.is_own(body, function.value):
            return on_place(body, function.value, lambda found: defaulted(body, call, found, build))
    base = access(body, node)
    place = changeable(body, base, node)
    path = path_of(base)
    owner = body.flow.resolved(path)
    written = {written_name(owner), *base.writes}
    name = ast.unparse(node)
    return with_keys(body, place, lambda found: build(Container(base.type, found, path, owner, name, node, written)))


def argument(body: Body, found: Container, node: ast.expr, type_: PyType, what: str) -> Lowered:
    """An argument of a method that changes a container. Raises Problem where evaluating it changes that too."""
    value = fitted(body, lower(body, node, type_), type_, node, what)
    check_apart(body, found, value, node)
    return value


def check_apart(body: Body, found: Container, value: Lowered, node: ast.expr) -> None:
    """Refuse an argument that changes the container, which Python looked up before. Raises Problem."""
    if any(overlap(found.owner, written_path(written)) for written in value.writes):
        raise body.problem(
            Code.ORDER,
            f"this changes `{found.name}`, or what it is in, while an argument for it is made",
            node,
            "compute it on a line of its own, before",
        )
    found.written.update(value.writes)


def given(body: Body, found: Container, value: Lowered, node: ast.expr, what: str) -> Lowered:
    """A value that the container holds from here on: it borrows nothing any more. Raises Problem."""
    aliases.give(body, value, node, what, (*found.owner, None))
    return replace(value, borrows=())


def looked_up(body: Body, found: Container, values: Sequence[Lowered], term: Term, *, in_rounds: bool = False) -> Term:
    """Python looks up the container before it evaluates an argument: where both fail, that failure is the one.

    `in_rounds`: the term itself looks it up in each round of a loop, of which there may be none.
    """
    if not found.place.keys or (all(value.calm for value in values) and not in_rounds):
        return term
    return sequence(compose(found.get(body), Fork(())), term)


def bound(body: Body, values: Sequence[Lowered], build: Callable[[Sequence[Lowered]], Term]) -> Term:
    """Evaluate values once, in order, for a term that uses them several times."""

    def bind(rest: Sequence[Lowered], done: tuple[Lowered, ...]) -> Term:
        if not rest:
            return build(done)
        once = rest[0] if is_at_hand(rest[0]) else replace(rest[0], stable=False)
        return body.bound_term(once, lambda value: bind(rest[1:], (*done, value)))

    return bind(values, ())


def giving(body: Body, node: ast.expr, type_: PyType, build: Build, *, borrows: bool = False) -> Lowered:
    """A value that a method gives which changes its container too. `borrows`: the value stays in the container."""
    written: set[str] = set()
    borrowed: list[Borrow] = []

    def at(found: Container) -> Term:
        if borrows and is_mutable(type_):
            borrowed.append(Borrow((*found.owner, None), type_, node))
        term = build(found)
        borrowed.extend(references.gathered(body, (*found.owner, None), node) if is_mutable(type_) else ())
        if is_mutable(type_) and not borrows and body.discarded is not node:
            is_taken(body, (*found.owner, None), node)
        written.update(found.written)
        return term

    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Attribute)
    term = on_place(body, node.func.value, at)
    return Lowered(type_, term, body.level, borrows=tuple(borrowed), writes=frozenset(written))


# ---- setdefault ------------------------------------------------------------------------------------------------------


def defaulted(body: Body, node: ast.Call, found: Container, build: Build) -> Term:
    """environment -> what `build` makes of the value of `d.setdefault(k, x)`, which is there from here on."""
    type_ = found.type
    if not isinstance(type_, PyDict):
        raise body.problem(Code.NO_ATTRIBUTE, f"`{shown(type_)}` has no method `setdefault`", node, "dicts have it")
    parameters = [Parameter("key", positional=True), Parameter("default", positional=True, optional=True)]
    arguments = matched(body, node, "setdefault", parameters)
    key = frozen(argument(body, found, arguments["key"], type_.key, "the key"))
    if "default" in arguments:
        where = arguments["default"]
        default = argument(body, found, where, type_.value, f"a value of `{found.name}`")
        default = given(body, found, default, where, f"a value of `{found.name}`")
    else:
        where = node
        default = fitted(body, constant(PY_NONE, (), body.level), type_.value, node, f"a value of `{found.name}`")
    aliases.changed(body, Kind.GROWS, found.path, node)

    def with_both(values: Sequence[Lowered]) -> Term:
        place = found.element(values[0])
        is_there = applied(Primitive("map_contains"), [found.get(body), values[0].at(body.level)])
        made = If(is_there, nothing(), place.put(values[1].at(body.level), body.level))
        path, owner = (*found.path, None), (*found.owner, None)
        inner = Container(type_.value, place, path, owner, ast.unparse(node), node, found.written)
        return sequence(made, build(inner))

    return looked_up(body, found, [key, default], bound(body, [key, default], with_both))
