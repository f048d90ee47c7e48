"""Branches made one, and settings left out, against the statements as they were."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from camshaft import Machine
from camshaft.bytecode.verifier import verify
from camshaft.execution.compiler import Compiled
from camshaft.execution.joins import joined
from camshaft.execution.rewriting import without_idle_starts
from camshaft.execution.statements import BLOCK_HEAD, Body, Branch, Line, Loop, Return, Statement, Writer
from camshaft.language.programs import compile_machine
from generators.differential import agree, call

CONSTANTS = {"k0": "found", "k1": "missing", "k2": ("missing", ()), "k3": "other", "k4": ("other", ())}
FLAGS = ("v0", "r0")
CASES = ("v1", "v2", "r1")
flags = st.sampled_from(FLAGS)
cases = st.sampled_from(CASES)
inputs = st.sampled_from(["p0", "p1", "p2"])
settings_of_flags = st.builds(
    lambda name, value: f"{name} = {value}", flags, st.sampled_from(["True", "False", *FLAGS])
)
made = st.sampled_from(["(k0, t0)", "(k0, p0)", "(k0, (p0, t0))", "k2", "k4", *CASES])
settings_of_cases = st.builds(lambda name, value: f"{name} = {value}", cases, made)


@st.composite
def questions(draw: st.DrawFn, inner: st.SearchStrategy[Body]) -> Branch:
    arms: list[tuple[str | None, Body]] = []
    match draw(st.integers(0, 3)):
        case 0:
            arms.append((draw(inputs), draw(inner)))
        case 1:
            flag = draw(flags)
            arms.append((draw(st.sampled_from([flag, f"(not {flag})"])), draw(inner)))
        case _:
            name = draw(cases)
            labels = draw(st.lists(st.sampled_from(["k0", "k1", "k3"]), min_size=1, max_size=2, unique=True))
            arms += [(f"{name}[0] == {label}", draw(inner)) for label in labels]
    return Branch([*arms, (None, draw(inner))])


@st.composite
def lines(draw: st.DrawFn) -> Statement:
    match draw(st.integers(0, 4)):
        case 0:
            return Line(draw(settings_of_flags))
        case 1:
            return Line(f"log.append({draw(flags)})")
        case 2:
            return Line(f"log.append({draw(cases)}{draw(st.sampled_from(['', '[1]']))})")
        case _:
            return Line(draw(settings_of_cases))


@st.composite
def bodies(draw: st.DrawFn, depth: int = 3, *, in_loop: bool = False) -> Body:
    body: Body = []
    inner = st.deferred(lambda: bodies(depth - 1, in_loop=in_loop))
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.integers(0, 7)) if depth else 7
        if kind <= 3:
            body.append(draw(questions(inner)))
        elif kind == 4:
            body.append(Loop("for e in range(2)", draw(bodies(depth - 1, in_loop=True))))
        elif kind == 5:
            body.append(Loop(BLOCK_HEAD, [*draw(bodies(depth - 1, in_loop=True)), Line("break")]))
        else:
            body.append(draw(lines()))
    if draw(st.integers(0, 6)) == 0:
        leaving = draw(st.sampled_from(["break", "continue"])) if in_loop and draw(st.booleans()) else None
        body.append(Return(draw(st.one_of(flags, cases))) if leaving is None else Line(leaving))
    return body


def outcomes(body: Body) -> list[Any]:
    """What the body gives, and what it logs, for every input."""
    text = [line for line, _ in Writer([], [], fails_after=False).lines(body, 1)]
    start = [" t0 = 7", *(f" {name} = False" for name in FLAGS), *(f" {name} = k2" for name in CASES)]
    scope: dict[str, Any] = dict(CONSTANTS)
    exec("\n".join(["def m(log, p0, p1, p2):", *start, *text]), scope)
    found = []
    for inputs in product((False, True), repeat=3):
        log: list[Any] = []
        found.append((scope["m"](log, *inputs), log))
    return found


def ends(body: Body) -> bool:
    """Whether no block, which ends by `break`, is begun anew."""
    return "continue" not in str(body) or BLOCK_HEAD not in str(body)


@given(bodies().filter(ends), st.data())
@settings(max_examples=2 * settings().max_examples)
def test_simpler_statements_do_the_same(body: Body, data: st.DataObject) -> None:
    whole = body if body and isinstance(body[-1], Return) else [*body, Return(data.draw(st.one_of(flags, cases)))]
    simpler = without_idle_starts(joined(without_idle_starts(whole), CONSTANTS))
    assert outcomes(simpler) == outcomes(whole)


class Shop(Machine):
    stock: dict[str, int] = {}

    def add(self, name: str, count: int) -> int:
        there = self.stock.get(name)
        now = count if there is None else there + count
        self.stock[name] = now
        return now

    def known(self, name: str) -> bool:
        there = self.stock.get(name)
        if there is None:
            return False
        return there > 0


def test_an_optional_value_is_told_apart_once_and_never_made() -> None:
    source = Compiled(verify(compile_machine(Shop).program)).methods["add"].source
    assert "GONE" in source
    assert "[0]" not in source
    assert "[1]" not in source
    agree(Shop, call("add", "a", 3), call("known", "a"), call("add", "a", 4), call("known", "b"))
