"""`next`, of what was made for it in its place: the first that a generator gives, and the first of what is iterated."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Final

from camshaft.category.terms import Block, Exit, compose, sequence
from camshaft.language.body import Body, lower
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import fits, fitted, joined
from camshaft.language.iteration import function_of
from camshaft.language.library.handlers import FunctionHandler, Parameter, check_eager, matched
from camshaft.language.library.rounds import rounds
from camshaft.language.lowered import Lowered, capped
from camshaft.language.pytypes import PyType


def _next(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`next((x for x in xs if c), None)`, `next(iter(d), None)`: what comes after the first is not evaluated."""
    given = matched(
        body,
        node,
        "next",
        [Parameter("iterator", positional=True), Parameter("default", positional=True, optional=True)],
    )
    generator = _generator(body, given["iterator"])
    where = given.get("default")
    if where is None:
        raise body.problem(
            Code.UNSUPPORTED,
            "`next` without a default would end in a `StopIteration` where there is nothing",
            node,
            f"give a default, and test for it: `next({ast.unparse(given['iterator'])}, None)`",
        )
    default = capped(lower(body, where, expected))
    check_eager(body, generator, [(default, where)])
    label = body.fresh("next")
    types: list[PyType] = []
    borrows = list(default.borrows)

    def leave() -> Lowered:
        value = capped(lower(body, generator.elt, expected))
        borrows.extend(value.borrows)
        types.append(default.type if fits(value.type, default.type) else joined(body, [value.type, default.type], node))
        stored = fitted(body, value, types[0], generator.elt)
        return replace(stored, term=compose(stored.at(body.level), Exit(label)), level=body.level)

    made = rounds(body, generator.generators, leave)
    type_ = types[0]
    otherwise = fitted(body, default, type_, where)
    return Lowered(
        type_,
        Block(label, sequence(made.term, otherwise.at(body.level))),
        body.level,
        calm=made.calm,
        # What is found belongs to others still, and which of them it is nobody knows.
        borrows=tuple(replace(borrow.held(), shared=True) for borrow in borrows),
        writes=made.writes,
    )


def _generator(body: Body, node: ast.expr) -> ast.GeneratorExp:
    """What `next` is called of, as a generator. Raises Problem."""
    match node:
        case ast.GeneratorExp():
            return node
        case ast.Call(func=ast.Name(id=name), args=[source], keywords=[]) if name not in body.flow.variables:
            called = function_of(body, name)
            over = {iter: source, reversed: node}.get(called)
            if over is not None:
                name = body.fresh("first")
                target, element = ast.Name(name, ast.Store()), ast.Name(name, ast.Load())
                made = ast.GeneratorExp(element, [ast.comprehension(target, over, [], 0)])
                return ast.fix_missing_locations(ast.copy_location(made, node))
        case _:
            pass
    raise body.problem(
        Code.UNSUPPORTED,
        "`next` takes a generator, or what `iter` makes of something, in its place: iterators are not values",
        node,
        "write `next((x for x in xs if …), None)`, or `next(iter(xs), None)`",
    )


FUNCTIONS: Final[dict[object, FunctionHandler]] = {next: _next}
