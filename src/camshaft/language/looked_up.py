"""What is looked up, for a loop or a name, by a call that changes or draws something.

`for line in self._cart(user).lines:`, `best = min(self._cart(user).lines, key=…)`: Python makes the call once, before
anything else. What finds the elements needs its result more than once, so the place that it gives is kept before the
statement, and the call stands for that from then on.

Rule: only a call that is the first thing that the statement evaluates is taken out of it.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Final

from camshaft.category.terms import Term, sequence
from camshaft.language import references
from camshaft.language.body import Body, lower
from camshaft.language.kept_places import kept_keys, key_containers
from camshaft.language.pytypes import is_mutable
from camshaft.language.repeating import may_repeat

_VIEWS: Final = frozenset({"keys", "values", "items"})
_ARRANGING: Final = frozenset({"enumerate", "list", "max", "min", "reversed", "sorted", "zip"})


def look_up(body: Body, node: ast.expr) -> Term | None:
    """environment -> (): keep the place that the first call in an expression gives, where it cannot be called again.

    Raises Problem.
    """
    call = _first_call(node)
    if call is None:
        return None
    body.looked_up.pop(call, None)  # of when the statement was lowered before
    found = body.within(body.flow.copy(), lambda: lower(body, call))
    if found.place is None or found.path is None or not is_mutable(found.type) or may_repeat(body, found):
        return None
    found = lower(body, call)
    assert found.place is not None
    containers = key_containers(body, found.place)
    kept, starts = kept_keys(body, f"what is looked up at {call.lineno}:{call.col_offset}", found.place, containers)
    name = ast.copy_location(ast.Name(ast.unparse(call), ast.Load()), call)
    _, shown = references.show(body, name, replace(found, place=kept, term=kept.get(body.level)))
    body.looked_up[call] = name
    return sequence(*starts, shown)


def is_arranged(node: ast.expr) -> bool:
    """Whether an expression gives a container's elements in another order, fewer of them, or one."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in _ARRANGING
        case ast.Subscript(value=inner):
            return isinstance(node.slice, ast.Slice) or is_arranged(inner)
        case _:
            return isinstance(node, ast.ListComp)


def _first_call(node: ast.expr) -> ast.Call | None:
    """The call that an expression evaluates first, apart from those that only arrange what they are given."""
    match node:
        case ast.Call(func=ast.Attribute(value=owner, attr=name), args=[]) if name in _VIEWS:
            return _first_call(owner)
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in _ARRANGING:
            return _first_call(first)
        case ast.Call(func=ast.Attribute()):
            return node
        case ast.Attribute(value=owner) | ast.Subscript(value=owner):
            return _first_call(owner)
        case ast.ListComp(generators=[first, *_]) | ast.GeneratorExp(generators=[first, *_]):
            return _first_call(first.iter)
        case _:
            return None
