"""What is not changed through the name that it goes by here: parameters, constants, what is only shown."""

from __future__ import annotations

import ast

from camshaft.language.aliases import ended
from camshaft.language.body import Body, ObjectWanted
from camshaft.language.diagnostics import Code
from camshaft.language.flow import Variable
from camshaft.language.gathering import is_parameter
from camshaft.language.homes import Home, Shown
from camshaft.language.lowered import CONSTANT, GIVEN_OBJECT, SELF, Lowered, shown_path
from camshaft.language.pytypes import PyClass, PyDict, PyList, PyMachine, PyType
from camshaft.language.scan import walk


def check_parameter(body: Body, variable: Variable, home: Home | None, node: ast.AST) -> None:
    """Refuse to change in place what the caller gave, or what a name only shows. Raises Problem, ObjectWanted."""
    if isinstance(variable.type, PyMachine):
        raise body.problem(
            Code.PARAMETER,
            f"`{variable.name}` is the old version's instance: a migration only reads it",
            node,
            "copy what you need, and give the copy to the new instance",
        )
    if isinstance(home, Shown) and home.since is not None:
        raise ended(body, variable.name, home.since, node)
    borrows = home.borrows if isinstance(home, Shown) else variable.borrows
    if body.of_object and GIVEN_OBJECT in {variable.path[0], *(borrow.path[0] for borrow in borrows)}:
        raise ObjectWanted
    if variable.parameter or any(is_parameter(body, str(borrow.path[0])) for borrow in borrows):
        given = "is a parameter" if variable.parameter else "is or shows what the caller gave"
        raise body.problem(
            Code.PARAMETER,
            f"`{variable.name}` {given}: changing it would change the caller's object",
            node,
            f"copy it first: `own = {_copy_of(variable.type, variable.name)}`, and change that",
        )
    if isinstance(home, Shown):
        check_choice(body, home.node, f"`{variable.name}` is what `{{}}` returns", node)
    also = () if not isinstance(home, Shown) else (body.label(home.node, "bound here"),)
    raise body.problem(
        Code.ALIAS,
        f"`{variable.name}` shows something that is not at one place: it cannot be changed through this name",
        node,
        "change it where it is: `self.rows[i].append(…)`, or bind the name to that place: `row = self.rows[i]`",
        also=also,
    )


def check_choice(body: Body, call: ast.AST, what: str, node: ast.AST) -> None:
    """Refuse to change what an own method returns, where that is at one of several places. Raises Problem.

    `what` says what is changed at `node`, with `{}` for the method's name.
    """
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name)) if owner == SELF:
            signature, behaviour = body.unit.signatures.get(name), body.unit.behaviours.get(name)
        case _:
            return
    if signature is None or behaviour is None:
        return
    places = sorted({shown_path(path) for path in behaviour.returns if path[0] == SELF})
    if len(places) < 2:
        return
    results = [one for one in walk(signature.node.body) if isinstance(one, ast.Return) and one.value is not None]
    results.sort(key=lambda one: one.lineno)
    labels = [body.label(one, "returned here") for one in results[:3]]
    chosen = f"one = {places[0]} if … else {places[1]}"
    raise body.problem(
        Code.ALIAS,
        f"{what.format(name)}, which is {' or '.join(f'`{one}`' for one in places)}: callers get a copy, since it is "
        "not at one place",
        node,
        f"choose where it is changed: `{chosen}`, by what `{name}` tells, such as a `bool` or a key; or change it "
        f"within `{name}`",
        here="the change would be lost",
        also=(*(() if call is node else (body.label(call, "called here"),)), *labels),
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


def _copy_of(type_: PyType, text: str) -> str:
    match type_:
        case PyList():
            return f"list({text})"
        case PyDict():
            return f"dict({text})"
        case PyClass():
            return f"replace({text})"
        case _:
            return f"list({text})`, or `dict(…)"
