"""What a step may ask, `cam.now()` and its like: each becomes a question about the step's occasion.

A draw is never `stable` and never `calm`: its place among the other draws decides what it gives, so it stays where it
was written, as what may fail does.
"""

from __future__ import annotations

import ast
from functools import partial
from typing import Final

from camshaft.category.terms import Ask, Constant, Primitive, Project, Term, compose, fork
from camshaft.language import occasion
from camshaft.language.arguments import Given, Wanted, arguments
from camshaft.language.body import Body
from camshaft.language.diagnostics import Code
from camshaft.language.library.handlers import FunctionHandler
from camshaft.language.lowered import Lowered
from camshaft.language.pytypes import NO_DEFAULT, PY_FLOAT, PY_INT, PY_STR, PY_TIME, PyType
from camshaft.values.types import INT


def _check_within_step(body: Body, node: ast.Call) -> None:
    """Refuse a question where there is no step to ask about. Raises Problem."""
    if body.unit.program.is_migration:
        raise body.problem(
            Code.MIGRATION,
            f"`{ast.unparse(node.func)}` asks about a step, and a migration is none: it is rehearsed before it is "
            "journaled, and has to give the same then",
            node,
            "let the new field be optional and start as None, and let a method set it",
        )


def _asked(
    type_: PyType, question: str, shown: str, body: Body, node: ast.Call, expected: PyType | None, *, draws: bool
) -> Lowered:
    del expected
    _check_within_step(body, node)
    arguments(body, node, [], shown)
    return Lowered(type_, Ask(question), body.level, calm=not draws, stable=not draws)


def _randrange(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    del expected
    if node.keywords or len(node.args) not in (1, 2):
        raise body.problem(
            Code.ARGUMENTS,
            "`randrange` takes one or two integers by position",
            node,
            "write `randrange(stop)` or `randrange(start, stop)`",
        )
    names = ("start", "stop") if len(node.args) == 2 else ("stop",)
    given = _integers(body, node, names, "`randrange`")
    start = Project("start") if len(names) == 2 else Constant(INT, 0)
    return _between(body, given, start, Project("stop"))


def _randint(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    del expected
    given = _integers(body, node, ("a", "b"), "`randint`")
    stop = compose(fork(Project("b"), Constant(INT, 1)), Primitive("add"), Primitive("cap"))
    return _between(body, given, Project("a"), stop)


def _integers(body: Body, node: ast.Call, names: tuple[str, ...], shown: str) -> Given:
    _check_within_step(body, node)
    return arguments(body, node, [Wanted(name, PY_INT, NO_DEFAULT) for name in names], shown)


def _between(body: Body, given: Given, start: Term, stop: Term) -> Lowered:
    term = compose(given.record, fork(start, stop), Ask("random_between"))
    return Lowered(PY_INT, term, body.level, writes=given.writes)


FUNCTIONS: Final[dict[object, FunctionHandler]] = {
    occasion.now: partial(_asked, PY_TIME, "now", "`now`", draws=False),
    occasion.key: partial(_asked, PY_STR, "key", "`key`", draws=False),
    occasion.random: partial(_asked, PY_FLOAT, "random", "`random`", draws=True),
    occasion.uuid: partial(_asked, PY_STR, "uuid", "`uuid`", draws=True),
    occasion.randrange: _randrange,
    occasion.randint: _randint,
}
