"""Entries of a dict that `setdefault` gives: `self.rows.setdefault(k, {})[j] = v`, and `… += v`.

What `setdefault` gives is at its place from then on, so that an entry of it is assigned there. Python evaluates what is
assigned, then `setdefault`, then the key; what is added, last.
"""

from __future__ import annotations

import ast

from camshaft.category.terms import Term
from camshaft.language import aliases
from camshaft.language.arithmetic import combined
from camshaft.language.body import Body, lower
from camshaft.language.change import Kind
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import fitted
from camshaft.language.key_forms import frozen
from camshaft.language.library.changes import Container, argument, bound, check_apart, given, on_place
from camshaft.language.lowered import Lowered, capped
from camshaft.language.pytypes import PyDict, is_mutable, shown


def is_default_entry(body: Body, node: ast.expr) -> bool:
    """Whether a target is an entry of what `setdefault` gives."""
    match node:
        case ast.Subscript(value=ast.Call(func=ast.Attribute(value=owner, attr="setdefault")), slice=key):
            return not aliases.is_own(body, owner) and not isinstance(key, ast.Slice)
        case _:
            return False


def assign_entry(body: Body, target: ast.Subscript, node: ast.expr) -> Term:
    """environment -> (): store what `node` gives in an entry. Raises Problem."""
    seen = body.within(body.flow.copy(), lambda: lower(body, target.value)).type
    value = lower(body, node, seen.value if isinstance(seen, PyDict) else None)
    text = f"`{ast.unparse(target)}`"

    def with_value(kept: Lowered) -> Term:
        def build(found: Container) -> Term:
            type_, key = _key(body, found, target)
            check_apart(body, found, value, node)
            stored = fitted(body, kept, type_.value, node, text)
            aliases.changed(body, Kind.REPLACES, (*found.path, None), target)
            own = given(body, found, stored, node, text)
            return bound(body, [key], lambda keys: found.element(keys[0]).put(own.at(body.level), body.level))

        return on_place(body, target.value, build)

    return body.bound_term(capped(value), with_value)


def augment_entry(body: Body, target: ast.Subscript, node: ast.AugAssign) -> Term:
    """environment -> (): `entry op= value`. Raises Problem."""

    def build(found: Container) -> Term:
        type_, key = _key(body, found, target)
        if is_mutable(type_.value):
            raise body.problem(
                Code.ALIAS,
                f"`{ast.unparse(target)}` is extended where it is, and `setdefault` may only have put it there",
                target,
                f"give what `setdefault` gives a name first: `found = {ast.unparse(target.value)}`",
            )

        def added(keys: list[Lowered]) -> Term:
            place = found.element(keys[0])
            current = Lowered(type_.value, place.get(body.level), body.level)
            return body.bound_term(current, lambda kept: _operated(body, found, target, node, kept, keys[0]))

        return bound(body, [key], lambda keys: added(list(keys)))

    return on_place(body, target.value, build)


def _operated(
    body: Body, found: Container, target: ast.Subscript, node: ast.AugAssign, current: Lowered, key: Lowered
) -> Term:
    assert isinstance(found.type, PyDict)
    right = lower(body, node.value, None)
    check_apart(body, found, right, node.value)
    made = combined(body, node.op, (current, target), (right, node.value), node)
    stored = fitted(body, made, found.type.value, node, f"`{ast.unparse(target)}`")
    aliases.changed(body, Kind.REPLACES, (*found.path, None), target)
    return found.element(key).put(stored.at(body.level), body.level)


def _key(body: Body, found: Container, target: ast.Subscript) -> tuple[PyDict, Lowered]:
    if not isinstance(found.type, PyDict):
        raise body.problem(
            Code.UNSUPPORTED,
            f"an element of the `{shown(found.type)}` that `setdefault` gives is not assigned in one statement with it",
            target,
            f"give it a name first: `found = {ast.unparse(target.value)}`",
        )
    return found.type, frozen(argument(body, found, target.slice, found.type.key, "the key"))
