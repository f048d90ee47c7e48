"""What goes through all elements and gives one answer: `sum`, `any`, `all`.

`any` and `all` of a generator stop at the element that decides, and what comes after it is not evaluated, as in
Python. Of a list they have nothing left to evaluate.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import Final

from camshaft.category.terms import (
    Block,
    Constant,
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
from camshaft.language.conditions import lower_test, truth
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import fitted, operation
from camshaft.language.iteration import iterated
from camshaft.language.library.handlers import FunctionHandler, Parameter, check_eager, matched
from camshaft.language.library.rounds import rounds
from camshaft.language.library.sequences import check_sources
from camshaft.language.lowered import Lowered, nothing
from camshaft.language.pytypes import PY_BOOL, PY_INT, PyNever, PyType, shown
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

        made = rounds(body, node.generators, decide)
        term = Block(label, sequence(made.term, Constant(BOOL, not self.deciding)))
        return Lowered(PY_BOOL, term, body.level, calm=made.calm, writes=made.writes)


FUNCTIONS: Final[dict[object, FunctionHandler]] = {
    sum: _sum,
    any: _Quantifier("any", "list_any", True),
    all: _Quantifier("all", "list_all", False),
}
