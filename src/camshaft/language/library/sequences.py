"""What goes over other things that are iterated: `enumerate`, `zip`, `reversed`.

In Python these are iterators, made as they are used; here they are lists, made before. So a generator, whose elements
are computed one by one between the rounds, is refused as what they go over.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from camshaft.category.terms import Primitive, Project, Term, compose
from camshaft.language.body import Body, lower
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import applied, check_order, fitted, operation
from camshaft.language.iteration import (
    ITERABLES,
    Iterated,
    function_of,
    iterable,
    iterated,
    range_of,
    range_parts,
)
from camshaft.language.keyed import AsValue, Keyed, Parts, after
from camshaft.language.library.handlers import Parameter, matched
from camshaft.language.lowered import Lowered, capped, constant
from camshaft.language.pytypes import PY_INT, PyList, PyTuple, PyType
from camshaft.language.shares import Shares


def forward(body: Body, node: ast.expr, name: str) -> ast.expr:
    """The node of what `name` goes over; a generator is refused. Raises Problem."""
    if isinstance(node, ast.GeneratorExp):
        raise body.problem(
            Code.ORDER,
            f"`{name}` would compute the elements of this generator one by one, between what is done with them",
            node,
            f"make a list: `[{ast.unparse(node)[1:-1]}]`",
        )
    return node


def over(body: Body, node: ast.expr, name: str) -> Iterated:
    """What `name` goes over. Raises Problem."""
    return iterated(body, forward(body, node, name))


def all_watched(sources: Sequence[Iterated]) -> Lowered | None:
    """What must not change while several things are iterated together."""
    watched = [source.watched for source in sources if source.watched is not None]
    if len(watched) < 2:
        return watched[0] if watched else None
    borrows = tuple(borrow for one in watched for borrow in one.borrows)
    return Lowered(watched[0].type, watched[0].term, watched[0].level, borrows=borrows)


def check_sources(body: Body, operands: Sequence[tuple[Iterated | Lowered, ast.AST]]) -> None:
    """Refuse a call that changes what is to be iterated before it is. Raises Problem."""
    values = [(one.watched or one.value if isinstance(one, Iterated) else one, node) for one, node in operands]
    check_order(body, values)


def _made(body: Body, primitive: str, element: PyType, sources: Sequence[Iterated], *others: Lowered) -> Lowered:
    operands = [*(source.value for source in sources), *others]
    borrows = tuple(borrow.collected() for source in sources for borrow in source.shares.borrows)
    return Lowered(
        PyList(element),
        applied(Primitive(primitive), [operand.at(body.level) for operand in operands]),
        body.level,
        calm=all(operand.calm for operand in operands),
        borrows=borrows,
        writes=frozenset().union(*(operand.writes for operand in operands)),
    )


@iterable(enumerate)
def _enumerate(body: Body, node: ast.Call) -> Iterated:
    """`enumerate(xs)`, `enumerate(xs, 1)`"""
    given = matched(body, node, "enumerate", [Parameter("iterable"), Parameter("start", optional=True)])
    source = over(body, given["iterable"], "enumerate")
    start = constant(PY_INT, 0, body.level)
    if "start" in given:
        start = fitted(body, lower(body, given["start"], PY_INT), PY_INT, given["start"], "the start of `enumerate`")
        check_sources(body, [(source, source.node), (start, given["start"])])
    element = PyTuple((PY_INT, source.element))
    value = _made(body, "list_enumerate", element, [source], start)
    found = None
    if source.keyed is not None:
        numbered = applied(Primitive("list_enumerate"), [one.at(body.level) for one in (source.keyed.value, start)])
        parts = Parts((AsValue(PY_INT, term=Project("0")), after(Project("1"), source.keyed.part)))
        found = Keyed(_finding(body, PyTuple((PY_INT, source.keyed.element)), numbered), parts)
    shares = Shares.of_parts(Shares(), source.shares)
    view = "indexes" if source.watched is source.value and "start" not in given else ""
    return Iterated(node, value, element, shares, source.watched, keyed=found, view=view)


def _finding(body: Body, element: PyType, term: Term) -> Lowered:
    """The list of what finds the elements of another."""
    return Lowered(PyList(element), term, body.level)


@iterable(zip)
def _zip(body: Body, node: ast.Call) -> Iterated:
    """`zip(xs, ys)`, and of three"""
    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
    strict = keywords.pop("strict", None)
    starred = any(isinstance(one, ast.Starred) for one in node.args)
    if keywords or starred or not 2 <= len(node.args) <= 3:
        raise body.problem(Code.ARGUMENTS, "`zip` goes over two or three things here", node, "write `zip(xs, ys)`")
    if strict is not None and not (isinstance(strict, ast.Constant) and strict.value is False):
        lengths = " == ".join(f"len({ast.unparse(one)})" for one in node.args)
        raise body.problem(
            Code.UNSUPPORTED,
            "`strict` is not supported: Python would find out in the middle of the iteration",
            node,
            f"test before: `assert {lengths}`, and leave `strict` out",
        )
    sources = [over(body, one, "zip") for one in node.args]
    check_sources(body, [(source, source.node) for source in sources])
    element = PyTuple(tuple(source.element for source in sources))
    primitive = "list_zip" if len(sources) == 2 else "list_zip_three"
    value = _made(body, primitive, element, sources)
    shares = Shares.of_parts(*(source.shares for source in sources))
    found = None
    if any(source.keyed is not None for source in sources):
        each = [source.keyed or Keyed(source.value, AsValue(source.element, source.shares)) for source in sources]
        zipped = applied(Primitive(primitive), [one.value.at(body.level) for one in each])
        parts = Parts(tuple(after(Project(str(index)), one.part) for index, one in enumerate(each)))
        found = Keyed(_finding(body, PyTuple(tuple(one.element for one in each)), zipped), parts)
    return Iterated(node, value, element, shares, all_watched(sources), keyed=found)


@iterable(reversed)
def _reversed(body: Body, node: ast.Call) -> Iterated:
    """`reversed(xs)`"""
    given = matched(body, node, "reversed", [Parameter("sequence", positional=True)])["sequence"]
    called = (
        function_of(body, given.func.id) if isinstance(given, ast.Call) and isinstance(given.func, ast.Name) else None
    )
    if called is range:
        assert isinstance(given, ast.Call)
        return _descending(body, node, given)
    if called in ITERABLES or isinstance(given, ast.GeneratorExp):
        raise body.problem(
            Code.ARGUMENTS, "`reversed` cannot go over what only goes forward", given, "write `reversed(list(…))`"
        )
    source = iterated(body, given)
    value = source.listed(PyList(source.element), Primitive("list_reversed"))
    found = source.keyed
    if found is not None:
        found = found.rearranged(compose(found.value.term, Primitive("list_reversed")))
    return Iterated(node, value, source.element, source.shares, source.watched, keyed=found)


def _descending(body: Body, node: ast.expr, given: ast.Call) -> Iterated:
    """`reversed(range(…))`, as the range that counts down where that is seen to be the same."""
    start, stop, step = range_parts(body, given)
    one = constant(PY_INT, 1, body.level)
    if step.term != one.term or not start.calm:
        ascending = range_of(body, given, (start, stop, step))
        value = ascending.listed(PyList(PY_INT), Primitive("list_reversed"))
        return Iterated(node, value, PY_INT)
    last, end = (
        capped(operation(body, PY_INT, Primitive("subtract"), [(bound, given), (one, given)], wide=True))
        for bound in (stop, start)
    )
    return range_of(body, node, (last, end, constant(PY_INT, -1, body.level)))
