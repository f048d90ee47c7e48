"""One container, one owner: what keeps Python's references and Camshaft's values the same.

In Python two names can lead to one list, and a change through one shows through the other; values are copies. So a
container belongs to one variable or one place of the state. Reading borrows it. Storing a borrowed container
elsewhere is refused, unless it belongs to a variable of this method: then it is given away, and what is changed
after that cannot be seen through the variable any more. What is iterated, or shown by a capture, does not change.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from camshaft.language.body import Body, Loop
from camshaft.language.diagnostics import Code
from camshaft.language.flow import GivenAway, Variable
from camshaft.language.lowered import SELF, Borrow, Lowered, Path, overlap, shown_path
from camshaft.language.pytypes import PyDict, PyList, PyType, is_mutable, shown


def check_use(body: Body, value: Lowered, node: ast.AST) -> None:
    """Refuse to read what was stored elsewhere and may have been changed there. Raises Problem."""
    for borrowed in _paths(value):
        for path, given in body.flow.given_away.items():
            if given.changed is not None and overlap(path, borrowed):
                raise body.problem(
                    Code.GIVEN_AWAY,
                    f"`{shown_path(borrowed)}` was stored elsewhere before, and what it was stored in may have changed",
                    node,
                    "use the place that it was stored in, or store a copy: `list(…)`, `dict(…)`",
                    here="Python would see the change, a value would not",
                    also=(body.label(given.node, "stored here"), body.label(given.changed, "changed here")),
                )


def _paths(value: Lowered) -> list[Path]:
    paths = [borrow.path for borrow in value.borrows]
    return [*paths, value.path] if value.path is not None else paths


def give(body: Body, value: Lowered, node: ast.AST, where: str) -> None:
    """A value is stored where it will live on: what it borrows must be given away for that. Raises Problem."""
    for borrow in value.borrows:
        _give_one(body, borrow, value.type, node, where)


def _give_one(body: Body, borrow: Borrow, type_: PyType, node: ast.AST, where: str) -> None:
    root = str(borrow.path[0])
    name = shown_path(borrow.path)
    if root == SELF or borrow.shared or _is_parameter(body, root) or (None in borrow.path and borrow.capture is None):
        owner = "the caller's" if _is_parameter(body, root) else f"part of `{root}`" if len(borrow.path) > 1 else "one"
        raise body.problem(
            Code.ALIAS,
            f"{where} would be another name for `{name}`, a `{shown(type_)}` that can change",
            borrow.node,
            _how_to_copy(type_, name),
            here=f"{owner}: Python would share it, a value would be a copy",
            also=() if borrow.node is node else (body.label(node, "stored here"),),
        )
    for path, given in body.flow.given_away.items():
        if overlap(path, borrow.path):
            raise body.problem(
                Code.ALIAS,
                f"`{name}` was stored elsewhere before: one container cannot be in two places",
                borrow.node,
                _how_to_copy(type_, name),
                here="stored a second time",
                also=() if given.node is borrow.node else (body.label(given.node, "stored here first"),),
            )
    body.flow.given_away[borrow.path] = GivenAway(borrow.node, borrow.capture)


def _is_parameter(body: Body, root: str) -> bool:
    return any(variable.parameter and variable.path[0] == root for variable in body.flow.variables.values())


def _how_to_copy(type_: PyType, name: str) -> str:
    match type_:
        case PyList() if not is_mutable(type_.element):
            return f"copy it: `list({name})`"
        case PyDict() if not is_mutable(type_.value):
            return f"copy it: `dict({name})`"
        case PyList() | PyDict():
            return "copy it and what it holds, in a comprehension that makes each element anew"
        case _:
            return "make a new object, with a copy of each list and dict that it holds"


def captured(body: Body, value: Lowered, type_: PyType, name: str, *, element: bool) -> tuple[Borrow, ...]:
    """The borrows of a variable that shows a value, or each element of it, without owning it."""
    del body
    if not is_mutable(type_):
        return ()
    inner = [borrow.step(None, type_) if element else borrow for borrow in value.borrows]
    return tuple(replace(borrow, capture=name) for borrow in inner)


def watch(body: Body, value: Lowered, node: ast.AST, *, iterated: bool) -> None:
    """From here on in this flow, what a value borrows or is must not change."""
    for path in dict.fromkeys(_paths(value)):
        body.flow.watch(path, node, iterated=iterated)


def wrote(body: Body, path: Path, node: ast.AST, *, in_place: bool) -> None:
    """Something at a path is written: refuse it where it must not change, and forget what was known.

    `in_place`: a container changes, rather than a variable or field getting another value. Raises Problem.
    """
    for watched in body.flow.watched:
        if overlap(watched.path, path):
            _refuse_watched(body, path, node, watched.path, watched.node, iterated=watched.iterated)
    if in_place:
        for known, given in body.flow.given_away.items():
            if overlap(known, path):
                raise body.problem(
                    Code.GIVEN_AWAY,
                    f"`{shown_path(path)}` was stored elsewhere before and is changed here",
                    node,
                    "change it before it is stored, or change the place that it was stored in",
                    here="Python would change both, a value only this one",
                    also=(body.label(given.node, "stored here"),),
                )
        body.flow.mark_changed(node)
    else:
        body.flow.take_back(path)
    body.flow.forget(path)
    if path[0] == SELF:
        body.writes.add(str(path[1]))


def _refuse_watched(body: Body, path: Path, node: ast.AST, of: Path, where: ast.AST, *, iterated: bool) -> None:
    if iterated:
        raise body.problem(
            Code.ITERATION,
            f"`{shown_path(path)}` changes while `{shown_path(of)}` is iterated",
            node,
            f"iterate over a copy, `list({shown_path(of)})`, or collect the changes and make them after the loop",
            here="changed here",
            also=(body.label(where, "iterated here"),),
        )
    raise body.problem(
        Code.ALIAS,
        f"`{shown_path(path)}` changes while another name shows a part of it",
        node,
        "copy what you need first, then change it after this block",
        here="changed here",
        also=(body.label(where, "shown here"),),
    )


def check_round(body: Body, loop: Loop, node: ast.AST) -> None:
    """Where a loop's next round begins: what this one gave away must not be given again. Raises Problem."""
    for path, given in body.flow.given_away.items():
        if path in loop.entry.given_away or given.capture in loop.captures:
            continue
        root = str(path[0])
        if root in loop.entry.assigned or root in loop.entry.variables:
            raise body.problem(
                Code.ALIAS,
                f"`{shown_path(path)}` is stored in each round of the loop: one container cannot be in two places",
                given.node,
                f"make a new one in each round, or store a copy: `list({root})`",
                also=(body.label(node, "in this loop"),),
            )


def check_parameter(body: Body, variable: Variable, node: ast.AST) -> None:
    """Refuse to change in place what the caller gave, or what a loop variable or capture shows. Raises Problem."""
    if variable.parameter:
        raise body.problem(
            Code.PARAMETER,
            f"`{variable.name}` is a parameter: changing it would change the caller's object",
            node,
            f"copy it first: `own = list({variable.name})`, or `dict(…)`, and change that",
        )
    raise body.problem(
        Code.ALIAS,
        f"`{variable.name}` shows a part of something else: it cannot be changed through this name",
        node,
        "change it where it is: `self.rows[i].append(…)`",
    )


def is_own(body: Body, node: ast.expr) -> bool:
    """Whether a node is the machine itself."""
    return isinstance(node, ast.Name) and node.id == SELF and body.unit.machine is not None
