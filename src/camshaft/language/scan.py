"""What can be said of statements by looking at their syntax only: what they bind, change and call, and how they end."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from camshaft.language.lowered import SELF
from camshaft.language.syntax import children, nodes_of

_OWN_SCOPE = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


def walk(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Every node below, without those that have a scope of names of their own."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend([child for child in children(node) if not isinstance(child, _OWN_SCOPE)])


VALUE_CHANGES: Final = frozenset({"pop", "popitem", "setdefault"})
"""The methods that change their object and give a value too."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a function binds. `slots`: by an assignment; `captures`: by a loop or a pattern only.

    `unsettled`: those whose object changes while an expression is evaluated, as in `x = xs.pop()`.
    """

    slots: frozenset[str]
    captures: frozenset[str]
    unsettled: frozenset[str] = frozenset()

    def __contains__(self, name: str) -> bool:
        return name in self.slots or name in self.captures


def names_bound(body: Sequence[ast.stmt]) -> Names:
    """The names that a function's statements bind."""
    assigned: set[str] = set()
    captured: set[str] = set()
    unsettled: set[str] = set()
    for node in walk(body):
        match node:
            case ast.Assign(targets=targets):
                for target in targets:
                    assigned |= target_names(target)
            case ast.AnnAssign(target=target) | ast.AugAssign(target=target) | ast.NamedExpr(target=target):
                assigned |= target_names(target)
            case ast.For(target=target):
                captured |= target_names(target)
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                captured.add(name)
            case ast.Call(func=ast.Attribute(attr=method) as function) if method in VALUE_CHANGES:
                unsettled.add(_root(function))
    return Names(frozenset(assigned), frozenset(captured - assigned), frozenset(unsettled))


def names_rebound(body: Sequence[ast.stmt]) -> set[str]:
    """The names that more than one assignment binds."""
    targets = (one for node in walk(body) if isinstance(node, ast.Assign | ast.AnnAssign) for one in _targets(node))
    bound = Counter(name for target in targets for name in target_names(target))
    return {name for name, count in bound.items() if count > 1}


def names_stored(body: Sequence[ast.stmt], place: str) -> list[tuple[int, set[str]]]:
    """For each assignment to a field, as it is written, its line and the names of what is stored: `self.lot = lot`."""
    return [
        (node.lineno, {one.id for one in (*node.targets, node.value) if isinstance(one, ast.Name)})
        for node in walk(body)
        if isinstance(node, ast.Assign) and any(ast.unparse(one) == place for one in node.targets)
    ]


def bindings(body: Sequence[ast.stmt], name: str) -> list[tuple[int, str]]:
    """The assignments to a name: their lines, and what is assigned, as it is written."""
    return [
        (one.lineno, "" if one.value is None else ast.unparse(one.value))
        for one in walk(body)
        if isinstance(one, ast.Assign | ast.AnnAssign) and any(name in target_names(target) for target in _targets(one))
    ]


def is_given_more(body: Sequence[ast.stmt], name: str) -> bool:
    """Whether an assignment to this name alone gives it something else than None."""
    return any(
        isinstance(one, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in one.targets)
        and not (isinstance(one.value, ast.Constant) and one.value.value is None)
        for one in walk(body)
    )


def names_read(node: ast.AST) -> set[str]:
    """The names that an expression reads."""
    return {one.id for one in nodes_of(node) if isinstance(one, ast.Name)}


def names_returned(body: Sequence[ast.stmt]) -> set[str]:
    """The names of which what they stand for is a method's result."""
    return {one.value.id for one in walk(body) if isinstance(one, ast.Return) and isinstance(one.value, ast.Name)}


def target_names(target: ast.expr) -> set[str]:
    """The variables that an assignment to a target binds, not those that it changes a part of."""
    match target:
        case ast.Name(id=name):
            return {name}
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            return {name for element in elements for name in target_names(element)}
        case ast.Starred(value=value):
            return target_names(value)
        case _:
            return set()


@dataclass(frozen=True, slots=True)
class Changes:
    """What statements may change: the variables they assign, and those, or `self`, in which they change something.

    `in_place` gives for each of the latter the first node that does.
    """

    variables: frozenset[str]
    in_place: Mapping[str, ast.AST]


def changes(body: Iterable[ast.AST]) -> Changes:
    """What statements and conditions may change, seen without types: more rather than less."""
    assigned: set[str] = set()
    in_place: dict[str, ast.AST] = {}
    for node in walk(body):
        for target in [part for whole in _targets(node) for part in single_targets(whole)]:
            if isinstance(target, ast.Name):
                assigned.add(target.id)
            if not isinstance(target, ast.Name) or isinstance(node, ast.AugAssign):
                in_place.setdefault(_root(target), node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            in_place.setdefault(_root(node.func), node)
    return Changes(frozenset(assigned), in_place)


def assigns_in(body: Iterable[ast.AST], root: str) -> bool:
    """Whether a part of a variable is certainly assigned or deleted."""
    single = (part for node in walk(body) for whole in _targets(node) for part in single_targets(whole))
    return any(not isinstance(one, ast.Name) and _root(one) == root for one in single)


def single_targets(target: ast.expr) -> Iterator[ast.expr]:
    """The single targets of one that unpacks, from left to right."""
    if isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            yield from single_targets(element)
    elif isinstance(target, ast.Starred):
        yield from single_targets(target.value)
    else:
        yield target


def _root(target: ast.expr) -> str:
    """The variable that a path of fields and elements starts from, "" where it starts from none."""
    while isinstance(target, ast.Attribute | ast.Subscript | ast.Starred):
        target = target.value
    return target.id if isinstance(target, ast.Name) else ""


def _targets(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            return targets
        case (
            ast.AnnAssign(target=target)
            | ast.AugAssign(target=target)
            | ast.For(target=target)
            | ast.NamedExpr(target=target)
        ):
            return [target]
        case _:
            return []


def is_self(node: ast.AST) -> bool:
    """Whether a node is the name `self`."""
    return isinstance(node, ast.Name) and node.id == SELF


def self_uses(body: Iterable[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    """The names that nodes use of the machine itself, those in comprehensions too, with the call or the attribute.

    A method that is named as a key, `sorted(xs, key=self._rank)`, is called too: it comes with the keyword.
    """
    for top in body:
        called = set()
        for node in nodes_of(top):
            match node:
                case ast.Call(func=ast.Attribute(value=owner, attr=name) as own) if is_self(owner):
                    called.add(own)
                    yield name, node
                case ast.keyword(arg="key", value=ast.Attribute(value=owner, attr=name) as own) if is_self(owner):
                    called.add(own)
                    yield name, node
                case ast.Attribute(value=owner, attr=name) if is_self(owner) and node not in called:
                    yield name, node
                case _:
                    pass


def leaves(body: Sequence[ast.stmt]) -> bool:
    """Whether statements never arrive at their end: each way through returns, raises, breaks or continues."""
    if not body:
        return False
    match body[-1]:
        case ast.Return() | ast.Raise() | ast.Break() | ast.Continue():
            return True
        case ast.If(body=then, orelse=otherwise):
            return leaves(then) and leaves(otherwise)
        case _:
            return False


def has_exit(body: Iterable[ast.AST]) -> bool:
    """Whether there is a `return`, `break` or `continue` within nodes."""
    return any(isinstance(node, ast.Return | ast.Break | ast.Continue) for node in walk(body))


def removal_of(statements: Sequence[ast.stmt], node: ast.AST) -> str:
    """What takes the object of a name out of a list that `remove` takes it out of before, "" where that does not."""
    if not isinstance(node, ast.Name):
        return ""
    for one in walk(statements):
        match one:
            case ast.Call(func=ast.Attribute(value=owner, attr="remove"), args=[ast.Name(id=name)]) if (
                name == node.id and one.lineno < node.lineno
            ):
                place = ast.unparse(owner)
                return f"{place}.pop({place}.index({name}))"
            case _:
                pass
    return ""
