"""Which maps of a state a method uses by their keys only: whatever reads, writes and deletes single entries.

It looks at the generated source, where each field has one name, and knows the few ways in which generated code uses an
entry. Whatever else it finds counts as a use of the whole map, so that it may be wrong in one direction only.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from camshaft.execution.compiler import Compiled

Name: TypeAlias = str
_FIELD: Final = "__cam"


class KeyedFields:
    """The fields that the methods of a program do not use, or use only by key: subscripts, `in`, `len`, `get`."""

    def __init__(self, compiled: Compiled, fields: int) -> None:
        self._compiled = compiled
        self._every = frozenset(range(fields))
        self._known: dict[str, frozenset[int]] = {}

    def of(self, method: str) -> frozenset[int]:
        """Those of a method. It is worked out when somebody asks first."""
        known = self._known.get(method)
        if known is None:
            known = self._known[method] = self._found(method)
        return known

    def _found(self, method: str) -> frozenset[int]:
        if method not in self._compiled.methods:
            return frozenset()  # the interpreter runs it, and looks at whole states
        uses = _Uses()
        for source in self._compiled.function_sources:
            uses.add(source)
        used, keyed = uses.add(self._compiled.methods[method].source)
        return self._every - (_fields_of(used) - _fields_of(keyed))


class _Uses:
    """What the functions of one program do with their parameters; each calls only those that were added before it."""

    def __init__(self) -> None:
        self._parameters: dict[str, list[Name]] = {}
        self._keyed: dict[str, frozenset[Name]] = {}

    def add(self, source: str) -> tuple[frozenset[Name], frozenset[Name]]:
        """The names that a function uses, its parameters and the attributes of a cell; those used by key only."""
        (function,) = ast.parse(source).body
        assert isinstance(function, ast.FunctionDef)
        names = [argument.arg for argument in function.args.args]
        aliases = _aliases(function)
        used: dict[Name, bool] = dict.fromkeys((*names, *aliases.values()), True)
        for name, by_key in self._uses(function, aliases):
            used[name] = used.get(name, True) and by_key
        keyed = frozenset(name for name, by_key in used.items() if by_key)
        self._parameters[function.name], self._keyed[function.name] = names, keyed
        return frozenset(used), keyed

    def _uses(self, function: ast.FunctionDef, aliases: Mapping[Name, Name]) -> Iterator[tuple[Name, bool]]:
        """Each use of a name, and whether it is one by key."""
        for parent in ast.walk(function):
            for child in ast.iter_child_nodes(parent):
                name = _name(child)
                loads = isinstance(parent, ast.Assign) and _name(parent.targets[0]) in aliases
                if name is not None and not loads:
                    yield aliases.get(name, name), self._is_by_key(parent, child)

    def _is_by_key(self, parent: ast.AST, child: ast.AST) -> bool:
        match parent:
            case ast.Subscript():
                return parent.value is child
            case ast.Compare():
                operators = [each for each, right in zip(parent.ops, parent.comparators, strict=True) if right is child]
                return bool(operators) and all(isinstance(each, ast.In | ast.NotIn) for each in operators)
            case ast.Attribute():
                return parent.attr == "get" and parent.value is child
            case ast.Tuple(elts=[*_, ast.Name(id="SET"), container, _, _]):
                return container is child
            case ast.Call(func=ast.Name(id="len"), args=[argument]):
                return argument is child
            case ast.Call(func=ast.Name(id=called)) if called in self._keyed:
                parameters = self._parameters[called]
                places = [at for at, argument in enumerate(parent.args) if argument is child]
                return bool(places) and all(parameters[at] in self._keyed[called] for at in places)
            case _:
                return False


def _fields_of(names: frozenset[Name]) -> frozenset[int]:
    """The fields that are among the names of a method."""
    return frozenset(int(name.strip(_FIELD).strip("_")) for name in names if name.startswith(_FIELD))


def _name(node: ast.AST) -> Name | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and node.attr.startswith(_FIELD):
        return node.attr
    return None


def _aliases(function: ast.FunctionDef) -> dict[Name, Name]:
    """The variables that are loaded from a cell, on whichever ways, and never set to anything else, with the attributes
    they are."""
    loads: dict[Name, Name] = {}
    loaded: dict[Name, int] = {}
    stores: dict[Name, int] = {}
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=variable)], value=ast.Attribute(attr=attribute)):
                if attribute.startswith(_FIELD):
                    loads[variable] = attribute
                    loaded[variable] = loaded.get(variable, 0) + 1
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            stores[node.id] = stores.get(node.id, 0) + 1
    return {variable: attribute for variable, attribute in loads.items() if stores[variable] == loaded[variable]}
