"""The rounds of a generator, for what stops at the element that decides: those after it are not evaluated."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from camshaft.category.terms import Each, Fork, Identity, If, compose
from camshaft.language.body import Body
from camshaft.language.conditions import learn, lower_test
from camshaft.language.diagnostics import Code
from camshaft.language.iteration import bind, captures_of, iterated
from camshaft.language.lowered import Lowered, nothing
from camshaft.language.pytypes import PY_BOOL, core
from camshaft.language.unsupported import UNSUPPORTED


def rounds(body: Body, generators: Sequence[ast.comprehension], build: Callable[[], Lowered]) -> Lowered:
    """The loops of a generator around a statement: a term environment -> (). Raises Problem."""
    first, *others = generators
    if first.is_async:
        reason = UNSUPPORTED["AsyncFor"]
        raise body.problem(Code.UNSUPPORTED, reason.message, first.target, reason.help)
    source = iterated(body, first.iter)
    inner, port = body.flow.inner(core(source.element))
    element = Lowered(source.element, inner.scope.read(port), inner.scope.level, calm=True, stable=True)

    def round_() -> Lowered:
        for captured in captures_of(body, first.target, element, source):
            bind(body, captured)
        return conditions(list(first.ifs))

    def conditions(nodes: list[ast.expr]) -> Lowered:
        if not nodes:
            return rounds(body, others, build) if others else build()
        tested = lower_test(body, nodes[0])
        learn(body.flow, tested.true)
        then = conditions(nodes[1:])
        return replace(
            then,
            term=If(tested.value.at(body.level), then.at(body.level), nothing()),
            calm=then.calm and tested.value.calm,
            writes=then.writes | tested.value.writes,
        )

    value = body.within(inner, round_)
    if value.writes:
        raise body.problem(
            Code.ORDER, "a generator must not change the state", first.iter, "write a `for` loop instead"
        )
    loop = compose(Fork((("0", Identity()), ("1", source.value.at(body.level)))), Each(value.at(inner.scope.level)))
    return Lowered(PY_BOOL, loop, body.level, calm=source.value.calm and value.calm, writes=source.value.writes)
