"""What goes through all elements and gives one answer: `sum`, `any`, `all`.

`any` and `all` of a generator stop at the element that decides, and what comes after it is not evaluated, as in
Python. Of a list they have nothing left to evaluate.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from camshaft.category.terms import (
    Block,
    Constant,
    Each,
    Exit,
    Fork,
    Identity,
    If,
    MapEach,
    Primitive,
    Project,
    Term,
    compose,
    sequence,
)
from camshaft.language.body import Body, lower
from camshaft.language.conditions import learn, lower_test, truth
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import fitted, operation
from camshaft.language.iteration import bind, captures_of, iterated
from camshaft.language.library.handlers import FunctionHandler, Parameter, check_eager, matched
from camshaft.language.library.sequences import check_sources
from camshaft.language.lowered import Lowered, nothing
from camshaft.language.pytypes import PY_BOOL, PY_INT, PyNever, PyType, core, shown
from camshaft.language.unsupported import UNSUPPORTED
from camshaft.values.types import BOOL

# ---- sum -------------------------------------------------------------------------------------------------------------


def _sum(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`sum(xs)`, `sum(xs, start)`: of integers, and of conditions, each of which counts as one where it holds."""
    del expected
    given = matched(body, node, "sum", [Parameter("iterable", positional=True), Parameter("start", optional=True)])
    source = iterated(body, given["iterable"], any_order=True)
    numbers = source.value
    if source.element == PY_BOOL:
        numbers = replace(numbers, term=_each(numbers.term, Primitive("bool_to_int")))
    elif source.element != PY_INT:
        raise body.problem(
            Code.OPERATOR,
            f"`sum` adds integers here, not `{shown(source.element)}`",
            source.node,
            _instead(source.element),
        )
    total = Lowered(
        PY_INT, compose(numbers.term, Primitive("list_sum")), body.level, calm=numbers.calm, writes=numbers.writes
    )
    if "start" not in given:
        return total
    start = fitted(body, lower(body, given["start"], PY_INT), PY_INT, given["start"], "the start of `sum`")
    check_sources(body, [(source, source.node), (start, given["start"])])
    check_eager(body, source.node, [(start, given["start"])])
    return operation(body, PY_INT, Primitive("add"), [(total, source.node), (start, given["start"])], wide=True)


def _instead(type_: PyType) -> str:
    match shown(type_):
        case "float":
            return "write `math.fsum(…)`, which adds exactly: Python's own `sum` differs between its versions"
        case "str":
            return 'write `"".join(…)`'
        case _:
            return "add them in a loop: `total = total + x`"


def _each(items: Term, part: Term) -> Term:
    """environment -> the list of what `part` gives for each element of what `items` gives."""
    return compose(Fork((("0", Identity()), ("1", items))), MapEach(compose(Project("1"), part)))


# ---- any, all --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Quantifier:
    """`any` or `all`: its operation on a list of Bools, and the answer that an element which decides gives."""

    name: str
    of_list: str
    deciding: bool

    def __call__(self, body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
        """`any(xs)`, `any(f(x) for x in xs)`"""
        del expected
        given = matched(body, node, self.name, [Parameter("iterable", positional=True)])["iterable"]
        if isinstance(given, ast.GeneratorExp):
            return self._of_generator(body, given)
        source = iterated(body, given, any_order=True)
        items = source.value.term
        if source.element != PY_BOOL and not isinstance(source.element, PyNever):
            element = Lowered(source.element, Project("1"), body.level)
            items = compose(Fork((("0", Identity()), ("1", items))), MapEach(truth(element).term))
        return Lowered(
            PY_BOOL,
            compose(items, Primitive(self.of_list)),
            body.level,
            calm=source.value.calm,
            writes=source.value.writes,
        )

    def _of_generator(self, body: Body, node: ast.GeneratorExp) -> Lowered:
        label = body.fresh(self.name)
        leave = compose(Constant(BOOL, self.deciding), Exit(label))

        def decide() -> Lowered:
            tested = lower_test(body, node.elt).value
            sides = (leave, nothing()) if self.deciding else (nothing(), leave)
            return replace(tested, term=If(tested.at(body.level), *sides), level=body.level)

        rounds = _rounds(body, node.generators, decide)
        term = Block(label, sequence(rounds.term, Constant(BOOL, not self.deciding)))
        return Lowered(PY_BOOL, term, body.level, calm=rounds.calm, writes=rounds.writes)


def _rounds(body: Body, generators: Sequence[ast.comprehension], build: Callable[[], Lowered]) -> Lowered:
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
            return _rounds(body, others, build) if others else build()
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


FUNCTIONS: Final[dict[object, FunctionHandler]] = {
    sum: _sum,
    any: _Quantifier("any", "list_any", True),
    all: _Quantifier("all", "list_all", False),
}
