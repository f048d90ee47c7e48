"""What a file's syntax says of the names of its module: where each is bound, and whether it or what it holds changes.

A constant is compiled into the program, so a name that may stand for something else later is none.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from typing import Final

from camshaft.language.syntax import children, nodes_of

_CHANGES: Final = {
    *("add", "append", "clear", "difference_update", "discard", "extend", "insert", "intersection_update", "pop"),
    *("popitem", "remove", "reverse", "setdefault", "sort", "symmetric_difference_update", "update"),
}
"""The methods of Python's containers that change them."""


class ModuleNames:
    """The bindings of a module's names. `tree` is the module."""

    def __init__(self, tree: ast.Module) -> None:
        self._bound = Counter(_bound_at_top(tree))
        assignments = [one for one in tree.body if isinstance(one, ast.Assign | ast.AnnAssign)]
        self._assigned = {name: statement for statement in assignments for name in _assigned(statement)}
        self._imported = {
            alias.asname or alias.name: (statement, alias.name)
            for statement in tree.body
            if isinstance(statement, ast.ImportFrom)
            for alias in statement.names
        }
        self._changed: dict[str, ast.AST] = {}
        for node in nodes_of(tree):
            for name in _changed(node):
                self._changed.setdefault(name, node)

    def assignment(self, name: str) -> ast.Assign | ast.AnnAssign | None:
        """The one statement that binds a name, where it is an assignment at the top of the file."""
        return self._assigned.get(name) if self._bound[name] == 1 else None

    def imported(self, name: str) -> tuple[ast.ImportFrom, str] | None:
        """The one statement that binds a name, where it is `from … import …`, and the name there."""
        return self._imported.get(name) if self._bound[name] == 1 else None

    def change(self, name: str) -> ast.AST | None:
        """Where a name is bound again by a function's `global`, or what it holds is changed in place."""
        return self._changed.get(name)


def _assigned(statement: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = list(statement.targets)
    elif statement.value is not None:
        targets = [statement.target]
    while targets:
        target = targets.pop()
        if isinstance(target, ast.Tuple | ast.List):
            targets += target.elts
        elif isinstance(target, ast.Name):
            yield target.id


def _bound_at_top(tree: ast.Module) -> Iterator[str]:
    """The names that the module's own statements bind, once for each binding; functions bind names of their own."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
                continue
            case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                continue
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from (alias.asname or alias.name.partition(".")[0] for alias in names)
            case _:
                pass
        waiting.extend(children(node))


def _changed(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Global(names=names):
            yield from names
        case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store() | ast.Del()):
            yield root_name(node)
        case ast.AugAssign(target=ast.Name(id=name)):
            yield name
        case ast.Call(func=ast.Attribute(value=owner, attr=name)) if name in _CHANGES:
            yield root_name(owner)
        case _:
            pass


def root_name(node: ast.expr) -> str:
    """The name that a path of fields and elements starts from, "" where it starts from none."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
