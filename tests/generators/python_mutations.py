"""Python files changed at random: expressions, statements, operators and numbers exchanged for others of the file.

Most mutants are wrong somewhere, as the files of people are while they write them; some are programs that nobody would
have thought of.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Final

_OPERATORS: Final[dict[type[ast.AST], tuple[type[ast.AST], ...]]] = {
    ast.operator: (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod, ast.BitAnd, ast.BitXor, ast.Div, ast.RShift),
    ast.cmpop: (ast.Lt, ast.LtE, ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Gt, ast.Is),
    ast.boolop: (ast.And, ast.Or),
    ast.unaryop: (ast.USub, ast.Not, ast.Invert),
}
_NUMBERS: Final = (0, 1, -1, 2, 5)


@dataclass(frozen=True)
class _Spot:
    """A place in a tree where a node is: a field of its parent, and the index in it if it is a list."""

    parent: ast.AST
    field: str
    index: int | None

    @property
    def node(self) -> Any:
        value = getattr(self.parent, self.field)
        return value if self.index is None else value[self.index]

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def mutant(random: Random, source: str) -> str | None:
    """A file that differs in one place or two, None where what came out is no text of Python."""
    tree = ast.parse(source)
    for _ in range(random.randint(1, 2)):
        _mutate(random, tree)
    try:
        text = ast.unparse(ast.fix_missing_locations(tree))
        compile(text, "mutant", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, TypeError):
        return None  # an expression may stand where only a name may, and much else
    return text


def _mutate(random: Random, tree: ast.Module) -> None:
    spots = [spot for function in ast.walk(tree) if isinstance(function, ast.FunctionDef) for spot in _spots(function)]
    which = random.random()
    if which < 0.5:
        of_kind = [spot for spot in spots if _is_value(spot)]
        if of_kind:
            random.choice(of_kind).put(copy.deepcopy(random.choice(of_kind).node))
    elif which < 0.8:
        of_kind = [spot for spot in spots if isinstance(spot.node, ast.stmt)]
        spot = random.choice(of_kind)
        statements = getattr(spot.parent, spot.field)
        if which < 0.65 and len(statements) > 1:
            del statements[spot.index]
        else:
            statements.insert(spot.index, copy.deepcopy(random.choice(of_kind).node))
    elif which < 0.9:
        kinds = tuple(_OPERATORS)
        of_kind = [spot for spot in spots if isinstance(spot.node, kinds)]
        if of_kind:
            spot = random.choice(of_kind)
            kind = next(kind for kind in kinds if isinstance(spot.node, kind))
            spot.put(random.choice(_OPERATORS[kind])())
    else:
        of_kind = [spot for spot in spots if isinstance(spot.node, ast.Constant) and type(spot.node.value) is int]
        if of_kind:
            random.choice(of_kind).put(ast.Constant(random.choice(_NUMBERS)))


def _spots(function: ast.FunctionDef) -> Iterator[_Spot]:
    for parent in ast.walk(function):
        for field, value in ast.iter_fields(parent):
            if isinstance(value, list):
                for index, node in enumerate(value):
                    if isinstance(node, ast.AST):
                        yield _Spot(parent, field, index)
            elif isinstance(value, ast.AST):
                yield _Spot(parent, field, None)


def _is_value(spot: _Spot) -> bool:
    if spot.field in ("annotation", "returns", "decorator_list"):
        return False
    return isinstance(spot.node, ast.expr) and isinstance(getattr(spot.node, "ctx", ast.Load()), ast.Load)
