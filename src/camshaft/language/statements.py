"""Statements. Each becomes a term environment -> (); the last one of a method leads to its result.

A `return` at the end of a method is just its value. To keep it there, what follows an `if` that returns on one side
becomes part of the other side. Elsewhere a `return`, `break` or `continue` leaves a block by its label.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from camshaft.category.terms import (
    Exit,
    Term,
    compose,
    sequence,
)
from camshaft.language import aliases, given_places, left_behind, named_expressions, slice_changes, targets
from camshaft.language.body import STATEMENTS, Body, Ending, Loop, Rest, lower, statement
from camshaft.language.conditions import branch, lower_test
from camshaft.language.default_entries import assign_entry, augment_entry, is_default_entry
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import fitted
from camshaft.language.library import change_handler
from camshaft.language.looked_up import is_arranged, look_up
from camshaft.language.lowered import OWN_OBJECT, constant, nothing
from camshaft.language.names import Site
from camshaft.language.naming import chosen, returned, written_out
from camshaft.language.pytypes import PY_NONE, is_mutable, shown
from camshaft.language.scan import has_exit, leaves, single_targets, target_names, walk
from camshaft.language.undecided import leave_undecided, look_at
from camshaft.language.unpacking import exchanges, names_of_objects
from camshaft.language.unsupported import unsupported

RETURN_LABEL: Final = "return"

MAX_NESTED_GUARDS: Final = 12
"""So many guards may put the rest of a method into their other side: then exits take over, since code may nest only so
deep."""


# ---- lists of statements ---------------------------------------------------------------------------------------------


def block(body: Body, statements: Sequence[ast.stmt], ending: Ending, whole: ast.AST) -> Term:
    """environment -> (), or the result where the ending is the method's. Each statement's problem is kept."""
    terms: list[Term] = []
    for index, one in enumerate(statements):
        if not body.flow.live:
            break
        rest = Rest(statements[index + 1 :], ending)
        term = body.attempt(partial(_lower_statement, body, one, rest))
        if term is None:
            _poison(body, one)
            if not rest.statements:
                body.flow.live = False  # what it would have returned is unknown
        else:
            terms.append(term)
        if rest.taken:
            break
    if body.flow.live:
        last = statements[-1] if statements else whole
        body.attempt(partial(_arrive, body, ending, last))
    return sequence(*terms) if terms else nothing()


def _lower_statement(body: Body, node: ast.stmt, rest: Rest) -> Term:
    handler = STATEMENTS.get(type(node))
    if handler is None:
        reason = unsupported(node)
        raise body.problem(Code.UNSUPPORTED, reason.message, node, reason.help)
    if body.undecided:
        look_at(body, node)
    watched = body.flow.watched
    if _leaves_at_once(body, node, rest.statements):
        body.flow.watched = ()
    try:
        term = handler(body, node, rest)
    finally:
        body.flow.watched = watched
    body.mark(term, node)
    return term


def _leaves_at_once(body: Body, node: ast.stmt, following: Sequence[ast.stmt]) -> bool:
    """Whether all loops around are left by, or straight after, a simple statement: they see none of its changes."""
    simple = (ast.Expr, ast.Assign, ast.AugAssign, ast.Delete)
    if isinstance(node, ast.Return):
        return True
    if not following or not all(isinstance(one, simple) for one in (node, *following[:-1])):
        return False
    last = following[-1]
    return isinstance(last, ast.Return | ast.Raise) or (isinstance(last, ast.Break) and len(body.loops) == 1)


def _poison(body: Body, node: ast.stmt) -> None:
    """After a problem: what the statement would have assigned is not reported as missing."""
    for inner in walk([node]):
        for name in _assigned_names(inner):
            if name not in body.slots:
                body.broken.add(name)
            body.flow.assigned.add(name)
    if leaves([node]):
        body.flow.live = False


def _assigned_names(node: ast.AST) -> set[str]:
    match node:
        case ast.Assign(targets=found):
            return {name for one in found for name in target_names(one)}
        case ast.AnnAssign(target=target) | ast.For(target=target) | ast.AugAssign(target=target):
            return target_names(target)
        case ast.MatchAs(name=str(name)):
            return {name}
        case ast.NamedExpr(target=ast.Name(id=name)):
            return {name}
        case _:
            return set()


def _arrive(body: Body, ending: Ending, last: ast.AST) -> None:
    """The end of a list of statements is reached."""
    match ending:
        case Ending.RETURN:
            body.flow.live = False
            if body.result != PY_NONE:
                raise body.problem(
                    Code.NO_RETURN,
                    f"the method may end here without a result, and it promises `{shown(body.result)}`",
                    last,
                    "write a `return` on every way to the end",
                    here="nothing is returned after this",
                )
        case Ending.CONTINUE:
            next_round(body, body.loops[-1], last)
        case Ending.FALL:
            pass


def next_round(body: Body, loop: Loop, node: ast.AST) -> None:
    """The loop goes on with its next round from here."""
    loop.rounds.append(body.flow.copy())
    body.flow.live = False
    aliases.check_round(body, loop, node)


# ---- simple statements -----------------------------------------------------------------------------------------------


@statement(ast.Pass)
def pass_(body: Body, node: ast.Pass, rest: Rest) -> Term:
    """`pass`"""
    del body, node, rest
    return nothing()


@statement(ast.Expr)
def expression_statement(body: Body, node: ast.Expr, rest: Rest) -> Term:
    """A call for its effects; a text on a line of its own says nothing."""
    del rest
    value = node.value
    if isinstance(value, ast.Constant) and (isinstance(value.value, str) or value.value is Ellipsis):
        return nothing()
    change = change_handler(body, value)
    if change is not None:
        assert isinstance(value, ast.Call)
        assert isinstance(value.func, ast.Attribute)
        starts = left_behind.before_call(body, value)
        return sequence(*starts, change(body, value, value.func))
    starts = left_behind.before_call(body, value)
    body.discarded = value
    return sequence(*starts, targets.discarded(lower(body, value), body.level))


@statement(ast.Assign)
def assign(body: Body, node: ast.Assign, rest: Rest) -> Term:
    """`x = value`, `self.count = value`, `a = b = value`, `a, b = value`"""
    if leave_undecided(body, node):
        return nothing()
    kept = look_up(body, node.value) if is_arranged(node.value) else None
    term = _assigned(body, node, rest)
    return term if kept is None else sequence(kept, term)


def _assigned(body: Body, node: ast.Assign, rest: Rest) -> Term:
    longer = written_out(body, node)
    if longer is not None:
        return block(body, longer, Ending.FALL, node)
    choice = chosen(body, node, rest)
    if choice is not None:
        return _choice(body, node, *choice, rest)
    first = node.targets[0]
    if isinstance(first, ast.Subscript) and slice_changes.is_slice(first) and len(node.targets) == 1:
        value = lower(body, node.value, slice_changes.element_list(body, first))
        return slice_changes.assign_slice(body, first, value, node.value)
    if len(node.targets) == 1 and names_of_objects(body, first, node.value):
        # Each name can stand for the place of its object, as if it were bound alone.
        assert isinstance(first, ast.Tuple | ast.List)
        assert isinstance(node.value, ast.Tuple | ast.List)
        return sequence(*(_bound(body, *pair) for pair in zip(first.elts, node.value.elts, strict=True)))
    if isinstance(first, ast.Subscript) and len(node.targets) == 1 and is_default_entry(body, first):
        return assign_entry(body, first, node.value)
    value = lower(body, node.value, targets.expected_type(body, first))
    if len(node.targets) == 1:
        if exchanges(first, node.value):
            value = replace(value, borrows=())
        return targets.assign(body, first, value, node.value)
    if is_mutable(value.type):
        raise body.problem(
            Code.ALIAS, "two names for one container", node, "assign each its own", here="stored in several places"
        )
    return body.bound_term(
        value, lambda one: sequence(*(targets.assign(body, target, one, node.value) for target in node.targets))
    )


def _bound(body: Body, target: ast.expr, value: ast.expr) -> Term:
    return targets.assign(body, target, lower(body, value, targets.expected_type(body, target)), value)


@statement(ast.AnnAssign)
def annotated_assign(body: Body, node: ast.AnnAssign, rest: Rest) -> Term:
    """`x: int = value`"""
    del rest
    if not isinstance(node.target, ast.Name):
        raise body.problem(
            Code.ANNOTATION, "a field is annotated in the class, not here", node, "leave the annotation out"
        )
    site = Site(body.unit.source, node.annotation, body.unit.names)
    type_ = body.unit.annotations.resolve(site)
    body.declare(node.target.id, type_, node.target)
    if node.value is None:
        return nothing()
    value = lower(body, node.value, type_)
    return targets.assign_variable(body, node.target, value, node.value, type_)


@statement(ast.AugAssign)
def augmented_assign(body: Body, node: ast.AugAssign, rest: Rest) -> Term:
    """`x += value`"""
    del rest
    if isinstance(node.target, ast.Subscript) and is_default_entry(body, node.target):
        return augment_entry(body, node.target, node)
    return targets.augment(body, node)


@statement(ast.Delete)
def delete(body: Body, node: ast.Delete, rest: Rest) -> Term:
    """`del self.stock[sku]`"""
    del rest
    return sequence(*(_deletion(body, target) for one in node.targets for target in single_targets(one)))


def _deletion(body: Body, target: ast.expr) -> Term:
    if isinstance(target, ast.Subscript) and slice_changes.is_slice(target):
        return slice_changes.delete_slice(body, target)
    starts = left_behind.before_deletion(body, target)
    return sequence(*starts, targets.delete(body, target))


# ---- leaving ---------------------------------------------------------------------------------------------------------


@statement(ast.Return)
def return_(body: Body, node: ast.Return, rest: Rest) -> Term:
    """`return value`"""
    longer = returned(body, node) if body.gives_place else None
    if longer is not None:
        return block(body, longer, rest.ending, node)
    value = constant(PY_NONE, (), body.level) if node.value is None else lower(body, node.value, body.result)
    where = node.value or node
    result = fitted(body, value, body.result, where, "the result")
    if body.gives_place:
        return _left(body, given_places.answer(body, value), rest)
    if body.gives_result:
        aliases.give(body, result, where, "the new instance", None)
    else:
        own = body.slots.keys() - {OWN_OBJECT}
        others = [one for one in result.borrows if one.shared or str(one.path[0]) not in own]
        body.returns |= {one.path for one in others}
        body.returns_new &= all(one.fresh for one in others)
    return _left(body, result.at(body.level), rest)


def _left(body: Body, result: Term, rest: Rest) -> Term:
    """environment -> the result, which ends the method."""
    body.flow.live = False
    if rest.ending is Ending.RETURN:
        return result
    body.exits.add(RETURN_LABEL)
    return compose(result, Exit(RETURN_LABEL))


# ---- branches --------------------------------------------------------------------------------------------------------


@statement(ast.If)
def if_(body: Body, node: ast.If, rest: Rest) -> Term:
    """`if … elif … else`"""
    choice = chosen(body, node, rest)
    if choice is not None:
        return _choice(body, node, *choice, rest)
    named_expressions.allow(body, node.test)
    tested = lower_test(body, node.test)
    then, otherwise = list(node.body), list(node.orelse)
    if tested.certain and not otherwise and not rest.statements:
        return block(body, then, rest.here, node)  # nothing is missing where it does not hold
    sides = [leaves(then), leaves(otherwise)]
    leaving = then if sides[0] else otherwise
    worthwhile = tested.split is not None or (rest.ending is not Ending.FALL and has_exit(leaving))
    if rest.statements and sides.count(True) == 1 and worthwhile and body.flow.depth < MAX_NESTED_GUARDS:
        (otherwise if sides[0] else then).extend(rest.take())
    branches = branch(
        body,
        tested,
        lambda: block(body, then, rest.here, node),
        lambda: block(body, otherwise, rest.here, node),
    )
    return branches.term(branches.results)


def _choice(
    body: Body, node: ast.stmt, test: ast.expr, then: list[ast.stmt], otherwise: list[ast.stmt], rest: Rest
) -> Term:
    """Both sides of a choice, each with what follows it."""
    named_expressions.allow(body, test)
    tested = lower_test(body, test)
    body.choices += 1
    try:
        branches = branch(
            body,
            tested,
            lambda: block(body, then, rest.here, node),
            lambda: block(body, otherwise, rest.here, node),
        )
    finally:
        body.choices -= 1
    return branches.term(branches.results)


def check_unbound(body: Body, node: ast.Name) -> None:
    """Refuse to bind a name that already stands for a parameter or for what a loop or case around binds."""
    if node.id in body.flow.variables:
        raise body.problem(
            Code.TWO_TYPES,
            f"`{node.id}` already stands for something else here, and would stand for this afterwards",
            node,
            "bind another name",
        )
