"""Fields loaded and stored where ways need it, against all of them loaded first and stored last."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camshaft import Machine, simulate
from camshaft.bytecode.verifier import verify
from camshaft.execution.compiler import Compiled
from camshaft.execution.fields import with_fields
from camshaft.execution.statements import BLOCK_HEAD, Body, Branch, Line, Loop, Return, Statement, Writer
from camshaft.language.programs import compile_machine
from generators.differential import agree, call

FIELDS = 4
ATTRIBUTES = [f"s.a{index}" for index in range(FIELDS)]
names = st.sampled_from([f"f{index}" for index in range(FIELDS)])
expressions = st.one_of(
    names,
    st.integers(0, 9).map(str),
    st.just("v"),
    st.tuples(names, names).map(lambda two: f"({two[0]} + {two[1]})"),
)
conditions = st.one_of(st.sampled_from([f"p{index}" for index in range(3)]), names.map(lambda name: f"({name} > 3)"))


@st.composite
def simple(draw: st.DrawFn) -> Statement:
    match draw(st.integers(0, 5)):
        case 0:
            return Line(f"v = {draw(expressions)}")
        case 1:
            return Line(f"if {draw(conditions)}: raise ValueError", fails=True)
        case 2:
            return Line(f"{draw(names)} = abs({draw(expressions)})")
        case 3:
            one, other = draw(st.lists(names, min_size=2, max_size=2, unique=True))
            return Line(f"{one}, {other} = {draw(expressions)}, {draw(expressions)}")
        case _:
            return Line(f"{draw(names)} = {draw(expressions)}")


@st.composite
def bodies(draw: st.DrawFn, depth: int = 3, *, in_loop: bool = False) -> Body:
    body: Body = []
    for _ in range(draw(st.integers(0, 3))):
        kind = draw(st.integers(0, 5)) if depth else 5
        if kind <= 2:
            arms: list[tuple[str | None, Body]] = [(draw(conditions), draw(bodies(depth - 1, in_loop=in_loop)))]
            if draw(st.booleans()):
                arms.append((draw(conditions), draw(bodies(depth - 1, in_loop=in_loop))))
            body.append(Branch([*arms, (None, draw(bodies(depth - 1, in_loop=in_loop)))]))
        elif kind == 3:
            body.append(Loop("for e in range(2)", draw(bodies(depth - 1, in_loop=True))))
        elif kind == 4:
            body.append(Loop(BLOCK_HEAD, [*draw(bodies(depth - 1, in_loop=True)), Line("break")]))
        else:
            body.append(draw(simple()))
    if draw(st.integers(0, 4)) == 0:
        body.append(Line("break") if in_loop and draw(st.booleans()) else Return(draw(expressions)))
    return body


def function(body: Body) -> Any:
    writer = Writer(list(zip(ATTRIBUTES, [f"f{index}" for index in range(FIELDS)], strict=True)), [], fails_after=False)
    lines = [line for line, _ in writer.lines(body, 1)]
    scope: dict[str, Any] = {}
    exec("\n".join(["def m(s, p0, p1, p2):", " v = 0", *lines]), scope)
    return scope["m"]


def storing_all(body: Body) -> Body:
    found: Body = []
    for statement in body:
        match statement:
            case Branch():
                found.append(replace(statement, arms=[(test, storing_all(arm)) for test, arm in statement.arms]))
            case Loop():
                found.append(replace(statement, body=storing_all(statement.body)))
            case Return():
                found.append(replace(statement, stores={f"f{index}": f"f{index}" for index in range(FIELDS)}))
            case _:
                found.append(statement)
    return found


def outcome(made: Any, values: list[int], flags: tuple[bool, ...]) -> Any:
    cell = SimpleNamespace(**{f"a{index}": value for index, value in enumerate(values)})
    try:
        result = made(cell, *flags)
    except ValueError:
        result = "failed"
    return result, vars(cell)


@given(
    bodies(),
    expressions,
    st.lists(st.integers(0, 6), min_size=FIELDS, max_size=FIELDS),
    st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=4),
)
@settings(max_examples=20 * settings().max_examples)
def test_fields_come_and_go_as_if_all_were_loaded_first_and_stored_last(
    body: Body, result: str, values: list[int], steps: list[tuple[bool, ...]]
) -> None:
    whole = [*body, Return(result)] if not (body and isinstance(body[-1], Return)) else body
    loads: Body = [Line(f"f{index} = {attribute}") for index, attribute in enumerate(ATTRIBUTES)]
    slow = function([*loads, *storing_all(whole)])
    fast = function(with_fields(whole, ATTRIBUTES))
    for flags in steps:
        assert outcome(fast, values, flags) == outcome(slow, values, flags)


class Bucket(Machine):
    tokens: int = 10
    filled_at: int = 0
    denied: int = 0
    log: dict[str, int] = {}

    def take(self, now: int, wanted: int) -> bool:
        if now > self.filled_at:
            self.tokens = 10
            self.filled_at = now
        if wanted > self.tokens:
            self.denied += 1
            return False
        self.tokens -= wanted
        return True

    def take_and_look(self, now: int, name: str) -> int:
        self.filled_at = now
        self.tokens = 0
        return self.log[name]


def source(method: str) -> list[str]:
    compiled = Compiled(verify(compile_machine(Bucket).program))
    return [line.strip() for line in compiled.methods[method].source.splitlines()]


def test_a_field_is_loaded_and_stored_only_on_the_ways_that_need_it() -> None:
    lines = source("take")
    # The third field is `denied`: read and stored where it is counted.
    assert sum("__cam2__" in line for line in lines[: lines.index("return False")]) == 2
    assert not any("__cam2__" in line for line in lines[lines.index("return False") :])
    agree(Bucket, call("take", 3, 4), call("take", 2, 7), call("take", 4, 7), call("take", 4, 0))


def test_no_field_is_stored_before_what_may_fail() -> None:
    for backend in ("compiled", "interpreter"):
        bucket = simulate(Bucket, backend=backend)
        with pytest.raises(KeyError):
            bucket.take_and_look(7, "x")
        assert (bucket.tokens, bucket.filled_at) == (10, 0)
