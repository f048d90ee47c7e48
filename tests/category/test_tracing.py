"""A trace against Python: the same function, run over ports and then as bytecode, and run on plain values.

The function is drawn: it computes, reads and writes a state, divides by what may be zero, branches, loops, and
reuses whatever it made before. What is shared, dropped, moved to where it is used or kept in order must not show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.bytecode.verifier import verify
from camshaft.category import Morphism, morphism, simplify, tracing
from camshaft.category import morphisms as m
from camshaft.category.assembler import assemble
from camshaft.category.subterms import size
from camshaft.category.typing import Context
from camshaft.errors import Refused, Trap
from camshaft.execution.interpreter import Interpreter
from camshaft.values.types import INT, Record, Variant

STATE = Record((("a", INT), ("b", INT)))
CHOICE = Variant((("no", INT), ("yes", INT)))


class Backend(Protocol):
    """What a drawn function needs: over ports, or over values."""

    def get(self, label: str) -> Any: ...
    def put(self, label: str, value: Any) -> None: ...
    def divide(self, left: Any, right: Any) -> Any: ...
    def decide(self, condition: Any, then: Callable[[], Any], otherwise: Callable[[], Any]) -> Any: ...
    def choose(self, condition: Any, value: Any, yes: Callable[[Any], Any], no: Callable[[Any], Any]) -> Any: ...
    def fold(self, items: list[Any], start: Any, body: Callable[[Any, Any], Any]) -> Any: ...
    def loop(self, items: list[Any], body: Callable[[Any], Any]) -> Any: ...
    def refuse(self, value: Any) -> Any: ...


@dataclass
class Ports:
    """Runs over ports."""

    state: Any

    def get(self, label: str) -> Any:
        return getattr(self.state, label).get()

    def put(self, label: str, value: Any) -> None:
        getattr(self.state, label).put(value % 1000)

    def divide(self, left: Any, right: Any) -> Any:
        return m.port(left) // right  # of two constants too: Python itself would not wait for the step

    def decide(self, condition: Any, then: Callable[[], Any], otherwise: Callable[[], Any]) -> Any:
        return m.if_(condition, then, otherwise)

    def choose(self, condition: Any, value: Any, yes: Callable[[Any], Any], no: Callable[[Any], Any]) -> Any:
        chosen = m.if_(condition, lambda: m.inject(CHOICE, "yes", value), lambda: m.inject(CHOICE, "no", value))
        return m.kase(chosen, yes=yes, no=no)

    def fold(self, items: list[Any], start: Any, body: Callable[[Any, Any], Any]) -> Any:
        return m.fold(m.list_of(*items), start, body)

    def loop(self, items: list[Any], body: Callable[[Any], Any]) -> Any:
        made = m.map_each(m.list_of(*items), body)
        return m.fold(made, 0, lambda so_far, item: so_far + item)

    def refuse(self, value: Any) -> Any:
        return m.refuse("Sorry", why=value)


class SorryError(Exception):
    """The plain function refused."""


@dataclass
class Plain:
    """Runs on values."""

    state: dict[str, int]

    def get(self, label: str) -> Any:
        return self.state[label]

    def put(self, label: str, value: Any) -> None:
        self.state[label] = value % 1000

    def divide(self, left: Any, right: Any) -> Any:
        return left // right

    def decide(self, condition: Any, then: Callable[[], Any], otherwise: Callable[[], Any]) -> Any:
        return then() if condition else otherwise()

    def choose(self, condition: Any, value: Any, yes: Callable[[Any], Any], no: Callable[[Any], Any]) -> Any:
        return yes(value) if condition else no(value)

    def fold(self, items: list[Any], start: Any, body: Callable[[Any, Any], Any]) -> Any:
        for item in items:
            start = body(start, item)
        return start

    def loop(self, items: list[Any], body: Callable[[Any], Any]) -> Any:
        return sum([body(item) for item in items])

    def refuse(self, value: Any) -> Any:
        raise SorryError(value)


# A statement is a tuple: what to do, and indexes of earlier values (modulo how many there are), or inner blocks.
def statements(depth: int) -> st.SearchStrategy[list[Any]]:
    index = st.integers(0, 30)
    simple = st.one_of(
        st.tuples(st.sampled_from(("add", "subtract", "modulo", "divide")), index, index),
        st.tuples(st.just("constant"), st.integers(-3, 3)),
        st.tuples(st.just("get"), st.sampled_from("ab")),
        st.tuples(st.just("put"), st.sampled_from("ab"), index),
    )
    if depth == 0:
        return st.lists(simple, max_size=5)
    block = statements(depth - 1)
    nested = st.one_of(
        st.tuples(st.just("decide"), index, index, block, block),
        st.tuples(st.just("choose"), index, index, block, block),
        st.tuples(st.just("fold"), index, index, block),
        st.tuples(st.just("loop"), index, index, block),
        st.tuples(st.just("refuse"), index, index),
    )
    return st.lists(simple | simple | nested, max_size=14 if depth == 2 else 6)


def perform(block: list[Any], known: list[Any], on: Backend) -> Any:
    """Do what a block says; its result is the last value made."""
    known = list(known)

    for statement in block:
        known += _performed(statement, known, on)
    return known[-1]


def _performed(statement: tuple[Any, ...], known: list[Any], on: Backend) -> list[Any]:  # noqa: C901 - a case a kind
    kind, *rest = statement
    around = list(known)

    def at(index: int) -> Any:
        return around[-1 - index % len(around)]

    def run(inner: list[Any]) -> Callable[..., Any]:
        return lambda *values: perform(inner, [*around, *values], on)

    match kind, rest:
        case "add", (a, b):
            return [at(a) + at(b)]
        case "subtract", (a, b):
            return [at(a) - at(b)]
        case "modulo", (a, b):
            return [at(a) % 7 + at(b) % 5]
        case "divide", (a, b):
            return [on.divide(at(a), at(b))]
        case "constant", (value,):
            return [value]
        case "get", (label,):
            return [on.get(label)]
        case "put", (label, a):
            on.put(label, at(a) + 0)
        case "refuse", (a, b):
            return [on.decide(at(b) + 0 > 500, lambda: on.refuse(at(a)), lambda: 0)]
        case "decide", (a, b, then, otherwise):
            yes, no = run(then), run(otherwise)
            return [on.decide(at(a) + 0 < at(b), lambda: yes(), lambda: no())]
        case "choose", (a, b, then, otherwise):
            return [on.choose(at(a) + 0 == at(b), at(b), run(then), run(otherwise))]
        case "fold", (a, b, body):
            return [on.fold([at(a), at(b)], at(a), run(body))]
        case "loop", (a, b, body):
            return [on.loop([at(a), at(b)], run(body))]
    return []


def traced(block: list[Any]) -> Morphism:
    return morphism(INT, INT, state=STATE, name="f")(
        lambda state, a, b: perform(block, [m.constant(INT, 1), a, b], Ports(state))
    )


def plain_outcome(block: list[Any], x: int, y: int) -> tuple[Any, ...]:
    state = {"a": 400, "b": 0}
    try:
        return ("returned", perform(block, [1, x, y], Plain(state)), tuple(state.values()))
    except SorryError as sorry:
        return ("refused", sorry.args)
    except ZeroDivisionError:
        return ("trap", "ZeroDivisionError")


def outcome(made: Morphism, x: int, y: int) -> tuple[Any, ...]:
    verified = verify(assemble(m.program("m", STATE, (400, 0), made)))
    try:
        return ("returned", *Interpreter(verified).step("f", (x, y), (400, 0)))
    except Refused as refused:
        return ("refused", refused.payload)
    except Trap as trap:
        return ("trap", trap.kind)


@given(statements(2), st.integers(-3, 3), st.integers(-3, 3))
def test_a_traced_function_does_what_the_function_does(block: list[Any], x: int, y: int) -> None:
    assert outcome(traced(block), x, y) == plain_outcome(block, x, y)


@given(statements(1), st.integers(-3, 3), st.integers(-3, 3))
def test_a_traced_function_that_is_simplified_still_does_so(block: list[Any], x: int, y: int) -> None:
    made = traced(block)
    small = replace(made, term=simplify(made.term, made.domain, Context((STATE,))))
    assert size(small.term) <= size(made.term)
    assert outcome(small, x, y) == plain_outcome(block, x, y)


@given(statements(2), st.integers(-3, 3), st.integers(-3, 3))
def test_variables_put_side_by_side_at_every_step_are_the_same_variables(block: list[Any], x: int, y: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tracing, "_DEEPEST", 1)
        patch.setattr(tracing, "_HIGHEST", 2)
        made = traced(block)
    assert outcome(made, x, y) == plain_outcome(block, x, y)
