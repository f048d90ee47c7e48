"""What is taken out of a container that a loop goes through, and may be changed where it is then.

A loop that shows elements as values has copies of them. That is seen by nobody as long as the elements stay as they
are. Where one of them, or what they are in, is taken out of its place within the loop, nothing tells any more whether
a change is to one of them. So such a loop refuses all changes to objects of their types: by the loop itself, and by
what it calls, earlier or later in a round, since the next round comes after both.

Rule: where a loop can go over places instead, it does: what it shows is followed there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from camshaft.language.body import Body, Loop, PlaceWanted
from camshaft.language.change import Change
from camshaft.language.diagnostics import Code
from camshaft.language.flow import Variable
from camshaft.language.homes import referred
from camshaft.language.lowered import SELF, Lowered, Path, overlap, shown_path
from camshaft.language.pytypes import PyClass, PyDict, PyList, PyMachine, PyTuple, PyType, PyUnion, is_mutable, parts
from camshaft.language.unit import Behaviour


def note_taken(body: Body, path: Path, node: ast.AST) -> None:
    """What was at a path is taken out, and goes on under another name, or elsewhere."""
    body.takes = True
    for loop in body.loops:
        loop.taken.append((path, node))


def note_altered(body: Body, change: Change, node: ast.AST) -> None:
    """An object is changed in place."""
    _note(body, _types_to(body, change.of), node)


def note_call(body: Body, behaviour: Behaviour, node: ast.AST) -> None:
    """A method is called that may change objects which it has taken out of somewhere."""
    if behaviour.takes:
        for types in behaviour.altered:
            _note(body, types, node)


def _note(body: Body, types: tuple[PyType | None, ...], node: ast.AST) -> None:
    body.altered.add(types)
    for loop in body.loops:
        loop.altered.append((types, node))


def check_escapes(body: Body, loop: Loop, node: ast.For, watched: Lowered, element: PyType, *, follows: bool) -> None:
    """Refuse a loop over values of which some are taken out and may be changed in it.

    `watched`: what it goes through; `element`: the type of what it shows; `follows`: whether it could go over places.
    Raises Problem, PlaceWanted.
    """
    if not loop.taken or not is_mutable(element):
        return
    paths = {borrow.path for borrow in watched.borrows}
    if watched.path is not None:
        paths.add(body.flow.resolved(watched.path))
    taken = next((one for one in loop.taken if any(overlap(one[0], path) for path in paths)), None)
    if taken is None:
        return
    altered = next((where for types, where in loop.altered if _may_be_of(types, element)), None)
    if altered is None:
        return
    if follows:
        raise PlaceWanted(node)
    text = ast.unparse(node.iter)
    raise body.problem(
        Code.ITERATION,
        f"`{shown_path(taken[0])}` is taken out while `{text}` is iterated, and what this changes may be of it",
        altered,
        "collect in the loop what is to be taken out, and take and change it after the loop",
        here="changed here",
        also=(body.label(taken[1], "taken out here"), body.label(node.iter, "iterated here")),
    )


# ---- types -----------------------------------------------------------------------------------------------------------


@cache
def _within(type_: PyType) -> frozenset[PyType]:
    """The types of an object and of all that is within it."""
    return frozenset({type_}).union(*(_within(one) for one in parts(type_)))


def _may_be_of(types: tuple[PyType | None, ...], element: PyType) -> bool:
    """Whether an object, with these types on the way to it, may be an element or within one.

    It is reached through the element, or through an object of a class within that: a list of texts that is in the
    state on its own is none of the lists within elements.
    """
    within = _within(element)
    if types[-1] is not None and types[-1] not in within:
        return False
    return any(one is None or one == element or (isinstance(one, PyClass) and one in within) for one in types)


def _types_to(body: Body, path: Path) -> tuple[PyType | None, ...]:
    """The types of what is on the way to an object, itself the last; None for what may be of several."""
    found = [_plain(_type_of(body, path))]
    for step in path[1:]:
        found.append(_plain(_step(found[-1], step)))
    return tuple(found)


def _step(type_: PyType | None, step: str | None) -> PyType | None:
    match type_:
        case PyList(element):
            return element
        case PyDict(_, value):
            return value
        case PyTuple(elements):
            return elements[int(step or 0)]
        case PyClass() | PyMachine():
            field = type_.field(step or "")
            return None if field is None else field.type
        case _:
            return None


def _plain(type_: PyType | None) -> PyType | None:
    found = None if type_ is None else referred(type_)
    return None if isinstance(found, PyUnion) else found


def _type_of(body: Body, path: Path) -> PyType | None:
    if path[0] == SELF and body.machine is not None:
        return body.machine
    return next((one.stored or one.type for one in _variables(body) if one.path[0] == path[0]), None)


def _variables(body: Body) -> Iterator[Variable]:
    yield from body.slots.values()
    yield from body.flow.variables.values()
