"""Loops: `for`, `while`, `break`, `continue`, and what follows where none of them broke.

Each round starts knowing only what no earlier round can have changed. What a round gave away must not be given again.
"""

from __future__ import annotations

import ast

from camshaft.category.terms import Block, Constant, Each, Exit, Fork, Identity, Term, Trap, While, compose, sequence
from camshaft.language import named_expressions, targets
from camshaft.language.body import Body, Ending, Loop, Rest, statement
from camshaft.language.conditions import learn, lower_test
from camshaft.language.flow import Flow
from camshaft.language.iteration import Capture, bind, captures_of, gone_over
from camshaft.language.lowered import Lowered, nothing
from camshaft.language.pytypes import core
from camshaft.language.scan import Changes, changes
from camshaft.language.statements import block, check_unbound, next_round
from camshaft.values.types import STR


@statement(ast.For)
def for_(body: Body, node: ast.For, rest: Rest) -> Term:
    """`for x in xs: … else: …`"""
    del rest
    source = gone_over(body, node.iter)
    changed = changes(node.body)
    loop = _loop(body)
    inner, port = body.flow.inner(core(source.element))
    for flow in (inner, body.flow):
        _expect(flow, changed)
    element = Lowered(source.element, inner.scope.read(port), inner.scope.level, calm=True, stable=True)

    def round_() -> Term:
        captures = captures_of(body, node.target, element, source)
        loop.captures = frozenset(one.root for one in captures)
        starts = [_bind(body, one) for one in captures]
        return sequence(*[start for start in starts if start is not None], _round(body, loop, node))

    round_term = body.within(inner, round_)
    # No round may have run: then what was known before is all that is known after.
    body.flow.join([body.flow.copy(), *loop.rounds])
    term = compose(Fork((("0", Identity()), ("1", source.value.at(body.level)))), Each(round_term))
    return _ended(body, loop, node, term)


@statement(ast.While)
def while_(body: Body, node: ast.While, rest: Rest) -> Term:
    """`while condition: … else: …`, as long as the fuel allows."""
    del rest
    loop = _loop(body)
    _expect(body.flow, changes([node.test, *node.body]))
    named_expressions.allow(body, node.test)
    tested = lower_test(body, node.test)
    inner = body.flow.copy()
    learn(inner, tested.true)
    inner.assigned |= tested.assigned_if_true
    condition = tested.value.at(body.level)
    round_term = body.within(inner, lambda: _round(body, loop, node))
    term: Term = While(condition, round_term)
    if isinstance(node.test, ast.Constant) and node.test.value:
        # Nothing follows the end of such a loop, so what it leads to may have any type.
        body.flow.live = False
        term = sequence(term, compose(Constant(STR, "a loop without an end has ended"), Trap("AssertionError")))
    else:
        body.flow.join([body.flow.copy(), *loop.rounds])
        learn(body.flow, tested.false)
        body.flow.assigned |= tested.assigned_if_false
    return _ended(body, loop, node, term)


def _loop(body: Body) -> Loop:
    number = body.fresh("")
    return Loop(f"continue{number}", f"break{number}", body.flow.copy(), frozenset())


def _round(body: Body, loop: Loop, node: ast.For | ast.While) -> Term:
    """environment -> (): the statements of one round."""
    body.loops.append(loop)
    try:
        term = block(body, node.body, Ending.CONTINUE, node)
    finally:
        body.loops.pop()
    return Block(loop.continue_label, term) if loop.continues else term


def _ended(body: Body, loop: Loop, node: ast.For | ast.While, term: Term) -> Term:
    """environment -> (): the loop, what follows where it did not break, and where both ways meet."""
    if node.orelse and body.flow.live:
        term = sequence(term, block(body, node.orelse, Ending.FALL, node))
    if loop.breaks:
        body.flow.join([*([body.flow.copy()] if body.flow.live else []), *loop.breaks])
        term = Block(loop.break_label, term)
    return term


def _expect(flow: Flow, changed: Changes) -> None:
    """At the start of a round and after the loop, earlier rounds may have changed this."""
    for name in changed.variables:
        flow.forget((name,))
    for root, node in changed.in_place.items():
        flow.forget((root,))
        flow.mark_changed(root, node)


def _bind(body: Body, captured: Capture) -> Term | None:
    """Bind a loop variable; the term assigns it where it is a variable that is assigned elsewhere too."""
    name = captured.node.id
    if name in body.names.slots:
        return targets.assign_variable(body, captured.node, captured.value, captured.node)
    check_unbound(body, captured.node)
    bind(body, captured)
    return None


@statement(ast.Break)
def break_(body: Body, node: ast.Break, rest: Rest) -> Term:
    """`break`"""
    del node, rest
    loop = body.loops[-1]
    loop.breaks.append(body.flow.copy())
    body.flow.live = False
    return compose(nothing(), Exit(loop.break_label))


@statement(ast.Continue)
def continue_(body: Body, node: ast.Continue, rest: Rest) -> Term:
    """`continue`"""
    loop = body.loops[-1]
    next_round(body, loop, node)
    if rest.ending is Ending.CONTINUE:
        return nothing()
    loop.continues = True
    return compose(nothing(), Exit(loop.continue_label))
