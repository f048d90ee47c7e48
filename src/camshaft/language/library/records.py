"""`dataclasses.replace`: a new object of a dataclass, with some fields given and the others as they were."""

from __future__ import annotations

import ast
import dataclasses
from typing import Final

from camshaft.category.terms import Term
from camshaft.language.arguments import Wanted, arguments
from camshaft.language.body import Body, lower
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import check_order
from camshaft.language.library.handlers import FunctionHandler, pinned
from camshaft.language.literals import plain
from camshaft.language.lowered import Borrow, Lowered
from camshaft.language.parts import part
from camshaft.language.pytypes import PyClass, PyType, is_optional, shown


def _replace(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    if len(node.args) != 1 or isinstance(node.args[0], ast.Starred):
        raise body.problem(
            Code.ARGUMENTS,
            "`replace` takes one object, and each change by the name of its field",
            node,
            "write `replace(line, quantity=3)`",
        )
    where = node.args[0]
    given = plain(lower(body, where, expected))
    if not isinstance(given.type, PyClass):
        raise body.problem(
            Code.MISMATCH,
            f"`replace` makes a new object of a dataclass, and this is a `{shown(given.type)}`",
            where,
            "test for None first" if is_optional(given.type) else "give it an object of a dataclass",
        )
    type_ = given.type
    # Python evaluates the object first, then the changes, and reads the other fields at the end.
    return pinned(body, given, lambda held: _replaced(body, node, type_, held.as_value()))


def _replaced(body: Body, node: ast.Call, type_: PyClass, held: Lowered) -> Lowered:
    kept: list[Borrow] = []

    def unchanged(field: Wanted) -> Term:
        written = ast.copy_location(ast.Attribute(node.args[0], field.name, ast.Load()), node.args[0])
        value = part(held, field.name, field.type, written)
        kept.extend(borrow.held() for borrow in value.borrows)
        return value.at(body.level)

    changes = ast.copy_location(ast.Call(node.func, [], node.keywords), node)
    wanted = [Wanted(one.name, one.type, one.default, keyword_only=True) for one in type_.fields]
    given = arguments(body, changes, wanted, f"`{shown(type_)}`", otherwise=unchanged)
    check_order(body, [(held, node.args[0]), *given.values])
    return Lowered(
        type_,
        given.record,
        body.level,
        calm=held.calm and given.calm,
        borrows=(*given.borrows, *kept),
        writes=held.writes | given.writes,
    )


FUNCTIONS: Final[dict[object, FunctionHandler]] = {dataclasses.replace: _replace}
