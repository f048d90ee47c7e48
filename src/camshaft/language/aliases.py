"""One container, one owner: what keeps Python's references and Camshaft's values the same.

In Python two names can lead to one list, and a change through one shows through the other; values are copies. So a
container belongs to one variable or one place of the state. Reading borrows it. Storing a borrowed container
elsewhere is refused, unless it belongs to a variable of this method: then it is given away, and what is changed
after that cannot be seen through the variable any more. What is iterated, or shown by a capture, does not change.
"""

from __future__ import annotations

import ast

from camshaft.language.body import Body, Loop
from camshaft.language.change import Kind
from camshaft.language.diagnostics import Code
from camshaft.language.flow import GivenAway, Variable
from camshaft.language.lowered import CONSTANT, SELF, Borrow, Lowered, Path, overlap, shown_path
from camshaft.language.pytypes import PyDict, PyList, PyMachine, PySet, is_mutable, shown


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


def give(body: Body, value: Lowered, node: ast.AST, where: str, into: str | None) -> None:
    """A value is stored where it will live on: what it borrows must be given away for that. Raises Problem.

    `where` names the place in messages; `into` is the variable, or `self`, that the place is in, None if it is neither.
    """
    for borrow in value.borrows:
        refused = _why_not_given(body, borrow)
        if refused:
            raise body.problem(
                Code.ALIAS,
                f"{where} would {'be' if borrow.exact else 'hold'} another name for {_described(borrow)}",
                borrow.node,
                _how_to_copy(borrow),
                here=f"{refused}: Python would share it, a value would be a copy",
                also=() if borrow.node is node else (body.label(node, "stored here"),),
            )
        for path, given in body.flow.given_away.items():
            if overlap(path, borrow.path):
                raise body.problem(
                    Code.ALIAS,
                    f"`{shown_path(borrow.path)}` was stored elsewhere before: one container cannot be in two places",
                    borrow.node,
                    _how_to_copy(borrow),
                    here="stored a second time",
                    also=() if given.node is borrow.node else (body.label(given.node, "stored here first"),),
                )
        body.flow.give_away(borrow.path, GivenAway(borrow.node, into, borrow.capture))


def _why_not_given(body: Body, borrow: Borrow) -> str:
    """Whose a container is that cannot be given away, "" where it can."""
    root = str(borrow.path[0])
    if root == SELF:
        return "a part of the state"
    if _is_parameter(body, root):
        return "the caller's"
    if root.endswith(CONSTANT):
        return "a constant of the module"
    if borrow.shared:
        return "the same one in each round"
    if None in borrow.path and borrow.capture is None:
        return f"a part of `{shown_path(borrow.path[:1])}`"
    return ""


def _described(borrow: Borrow) -> str:
    if borrow.path == (SELF,):
        return f"a `{shown(borrow.type)}` of the state, which this gives"
    return f"`{shown_path(borrow.path)}`, a `{shown(borrow.type)}`"


def _is_parameter(body: Body, root: str) -> bool:
    return any(variable.parameter and variable.path[0] == root for variable in body.flow.variables.values())


def _how_to_copy(borrow: Borrow) -> str:
    text = ast.unparse(borrow.node)
    text = text if len(text) <= 50 else "…"
    match borrow.type:
        case PyList(element) if not is_mutable(element):
            return f"copy it: `list({text})`"
        case PyDict(_, value) if not is_mutable(value):
            return f"copy it: `dict({text})`"
        case PySet():
            return f"copy it: `set({text})`"
        case PyList() | PyDict():
            return "copy it and what it holds, in a comprehension that makes each element anew"
        case _:
            return "make a new object, with a copy of each list, dict and set that it holds"


def watch(body: Body, value: Lowered, node: ast.AST, *, iterated: bool) -> None:
    """From here on in this flow, what a value borrows or is must not change."""
    for path in dict.fromkeys(_paths(value)):
        body.flow.watch(path, node, iterated=iterated)


def changed(body: Body, kind: Kind, path: Path, node: ast.AST) -> None:
    """A write happens: refuse it where something must not change, and forget what was known. Raises Problem."""
    whole = len(path) == (2 if path[0] == SELF else 1)
    wrote(body, path, node, in_place=kind is not Kind.REPLACES or not whole)


def wrote(body: Body, path: Path, node: ast.AST, *, in_place: bool) -> None:
    """Something at a path is written: refuse it where it must not change, and forget what was known.

    `in_place`: a container changes, rather than a variable or field getting another value. Raises Problem.
    """
    # A field that gets another value leaves the old one to those who still look at it, as in Python, and nothing can
    # change the old one any more. What a variable held may have been given away, so there that is not so.
    harmless = path[0] == SELF and not in_place
    for watched in body.flow.watched:
        if overlap(watched.path, path) and not harmless:
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
        body.flow.mark_changed(str(path[0]), node)
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
            f"iterate over a copy, `list({ast.unparse(where)})`, or collect the changes and make them after the loop",
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
    if isinstance(variable.type, PyMachine):
        raise body.problem(
            Code.PARAMETER,
            f"`{variable.name}` is the old version's instance: a migration only reads it",
            node,
            "copy what you need, and give the copy to the new instance",
        )
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


def check_constant(body: Body, value: Lowered, node: ast.AST) -> None:
    """Refuse to change in place what a module holds for all that read it. Raises Problem."""
    roots = {str(borrow.path[0]) for borrow in value.borrows} | ({str(value.path[0])} if value.path else set())
    for root in sorted(root for root in roots if root.endswith(CONSTANT)):
        name = root.removesuffix(CONSTANT)
        raise body.problem(
            Code.UNSUPPORTED,
            f"`{name}` is a constant: a machine only reads it",
            node,
            f"copy it into a variable first, `own = dict({name})` or `list({name})`; what changes is a field of `self`",
        )


def is_own(body: Body, node: ast.expr) -> bool:
    """Whether a node is the machine itself."""
    return isinstance(node, ast.Name) and node.id == SELF and body.unit.machine is not None
