"""Machines of integers, and of little but reckoning with them: sums, tests of what was just summed, loops, stores.

What generated code may leave out rests on what is known of integers; these programs, on integers at the borders of
what is ordinary and of what is allowed, are where that would turn out to be wrong.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from camshaft.bytecode.program import Parameter, Place
from camshaft.category import terms as t
from camshaft.category.assembler import FunctionSource, MethodSource, ProgramSource
from camshaft.category.terms import Term
from camshaft.execution.ordinary import ORDINARY, REST
from camshaft.values.check import MAX_INT_BITS
from camshaft.values.types import INT, List, Map, Record, tuple_of

LARGEST = 2**MAX_INT_BITS - 1
_PAIR = tuple_of(INT, INT)
STATE = Record((("a", INT), ("b", INT), ("row", List(INT)), ("by", Map(INT, INT)), ("pair", _PAIR)))
_SLOTS = Record((("v", INT), ("w", INT), ("list", List(INT))))
_NUMBERS = (Place(1), Place(2), Place(0, ("a",)), Place(0, ("b",)), Place(0, ("pair", "0")))
_ROWS = (Place(3), Place(0, ("row",)))
_TWO = Record((("0", INT), ("1", INT)))

_borders = st.sampled_from((0, 1, 2**30, REST, ORDINARY, LARGEST))
integers = st.builds(
    lambda border, away, sign: max(-LARGEST, min(LARGEST, sign * (border + away))),
    _borders,
    st.integers(-3, 3),
    st.sampled_from((1, -1)),
)
"""Integers around each number at which something changes."""


@st.composite
def reckoning(draw: st.DrawFn) -> ProgramSource:
    """A machine with two methods and a function."""
    function = FunctionSource("sum", _TWO, INT, _sum(t.Project("0"), t.Project("1"), draw(_operations)))
    methods = tuple(_method(draw, name) for name in ("m", "n"))
    initial = t.Constant(STATE, (0, 0, [], {}, (0, 0)))
    return ProgramSource("generated", STATE, initial, (function,), methods)


@st.composite
def states(draw: st.DrawFn) -> Any:
    """A state of these machines, more often one that is ordinary."""
    few = draw(st.sampled_from((st.integers(-3, 3), st.integers(-(2**70), 2**70), integers)))
    row, by = draw(st.lists(few, min_size=1, max_size=3)), draw(st.dictionaries(few, few, max_size=2))
    return draw(few), draw(few), row, by, (draw(few), draw(few))


def arguments() -> st.SearchStrategy[Any]:
    return st.tuples(st.integers(-3, 3) | integers, st.integers(-3, 3) | integers)


_operations = st.sampled_from(("add", "subtract", "multiply", "add", "subtract", "floor_divide", "modulo"))
_tests = st.sampled_from(("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"))


def _method(draw: st.DrawFn, name: str) -> MethodSource:
    parameters = (Parameter("x", INT), Parameter("y", INT))
    statements = t.sequence(t.Fork(()), *(_statement(draw, 3) for _ in range(draw(st.integers(2, 6)))))
    body = t.sequence(statements, _number(draw, 2))
    return MethodSource(name, parameters, INT, t.Locals(_SLOTS, body))


def _sum(left: Term, right: Term, name: str) -> Term:
    operation = t.operate(t.Primitive(name), left, right)
    return operation if name == "multiply" else t.compose(operation, t.Primitive("cap"))


def _number(draw: st.DrawFn, size: int) -> Term:
    """An integer: a variable, a constant, an element, or reckoned."""
    kinds = ["get", "get", "get", "argument", "constant", *(["sum", "sum", "negate", "index", "call"] if size else [])]
    match draw(st.sampled_from(kinds)):
        case "get":
            return t.Get(draw(st.sampled_from(_NUMBERS)))
        case "argument":
            return t.Project(draw(st.sampled_from("xy")))
        case "constant":
            return t.Constant(INT, draw(st.integers(-2, 9) | st.sampled_from((2**40, 2**200))))
        case "negate":
            return t.compose(_number(draw, size - 1), t.Primitive("negate"), t.Primitive("cap"))
        case "index":
            row = t.Get(draw(st.sampled_from(_ROWS)))
            return t.operate(t.Primitive("list_index"), row, t.Constant(INT, 0))
        case "call":
            return t.compose(t.fork(_number(draw, size - 1), _number(draw, size - 1)), t.Call("sum"))
        case _:
            return _sum(_number(draw, size - 1), _number(draw, size - 1), draw(_operations))


def _statement(draw: st.DrawFn, size: int) -> Term:
    """A statement: a variable or an element is set, or a branch, a loop or a block around some."""
    kinds = ["put", "put", "put", "append", "collect", "entry", *(["if", "if", "each", "join"] if size else [])]
    match draw(st.sampled_from(kinds)):
        case "put":
            place = draw(st.sampled_from(_NUMBERS))
            step = _sum(t.Get(place), _number(draw, 1), draw(_operations))
            return t.operate(t.Put(place), draw(st.sampled_from((step, _number(draw, 2)))))
        case "append":
            return t.operate(t.Append(draw(st.sampled_from(_ROWS))), _number(draw, 2))
        case "collect":
            value = t.compose(t.fork(_number(draw, 1), _number(draw, 1)), t.Primitive("collect"))
            return t.operate(t.Put(draw(st.sampled_from(_ROWS))), value)
        case "entry":
            return t.operate(t.Put(Place(0, ("by", None))), _number(draw, 1), _number(draw, 1))
        case "if":
            return t.If(_test(draw), _some(draw, size - 1), _some(draw, size - 1))
        case "join":
            chosen = t.If(_test(draw), _number(draw, 1), _number(draw, 1))
            return t.operate(t.Put(draw(st.sampled_from(_NUMBERS))), chosen)
        case _:
            body = t.compose(t.Project("0"), _some(draw, size - 1))
            rounds = t.Constant(List(INT), [0] * draw(st.integers(0, 3)))
            return t.compose(t.fork(t.Identity(), rounds), t.Each(body))


def _test(draw: st.DrawFn) -> Term:
    test = t.operate(t.Primitive(draw(_tests)), _number(draw, 1), _number(draw, 1))
    return draw(st.sampled_from((test, t.compose(test, t.Primitive("not")))))


def _some(draw: st.DrawFn, size: int) -> Term:
    return t.sequence(t.Fork(()), *(_statement(draw, size) for _ in range(draw(st.integers(0, 3)))))
