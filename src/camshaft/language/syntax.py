"""The nodes of a syntax tree, for what looks at all of them.

`ast.walk` visits the nodes that say how a name is used and which operator is meant too, half of all nodes, and asks
every node for every field. Most of the time of compiling a large file would go there.
"""

from __future__ import annotations

import ast
from functools import cache
from typing import Any, Final

_NO_NODES: Final = frozenset(
    {"arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "level", "module", "op", "ops", "rest"}
    | {"simple", "type_comment", "type_ignores"}
)
"""The fields that hold no nodes, or only such as say how a name is used and which operator is meant."""
_KEPT: Final = "camshaft children"
"""Where a node keeps the nodes below it; not an identifier, so that no field of a node has this name."""


def children(node: ast.AST) -> tuple[ast.AST, ...]:
    """The nodes right below one, in order, without contexts and operators. They are kept: a tree is never changed."""
    kept: tuple[ast.AST, ...] | None = node.__dict__.get(_KEPT)
    if kept is not None:
        return kept
    found: list[ast.AST] = []
    for name in _fields(type(node)):  # type: ignore[arg-type]  # a class is hashable
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [each for each in value if isinstance(each, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    kept = node.__dict__[_KEPT] = tuple(found)
    return kept


def nodes_of(node: ast.AST) -> list[ast.AST]:
    """A node and all below it, the nearer ones first as from `ast.walk`, without contexts and operators."""
    found = [node]
    for each in found:  # which grows meanwhile
        found += children(each)
    return found


@cache
def _fields(kind: type[Any]) -> tuple[str, ...]:
    """The fields of a kind of node in which there may be nodes."""
    if issubclass(kind, ast.Constant):
        return ()
    return tuple(name for name in kind._fields if name not in _NO_NODES)
