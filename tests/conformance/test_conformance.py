"""Both executions do what the conformance suite says, which another implementation could be held against too."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest

from camshaft.bytecode.encoding import decode_program, encode_program
from camshaft.bytecode.instructions import MNEMONICS
from camshaft.bytecode.occasion import Draws, Occasion
from camshaft.bytecode.program import Program
from camshaft.bytecode.text import assemble_text, disassemble
from camshaft.bytecode.verifier import Verified, load
from camshaft.errors import OutOfFuel, Refused, Rejected, Trap
from camshaft.execution.compiler import Compiled
from camshaft.execution.interpreter import DEFAULT_FUEL, Interpreter
from camshaft.values.codec import encode, encode_raw
from camshaft.values.types import STR, TIME
from camshaft.values.view import from_json, to_json
from generators.conformance import Case, all_cases

CASES = all_cases()
RUNS = [case for case in CASES if not {"rejected", "id"} & set(case.directives)]
REJECTIONS = [case for case in CASES if "rejected" in case.directives]
NAMED = [case for case in CASES if "id" in case.directives]


@cache
def verified(text: str) -> Verified:
    return load(encode_program(assemble_text(text)))


@cache
def executions(text: str) -> tuple[Interpreter, Compiled]:
    return Interpreter(verified(text)), Compiled(verified(text))


def outcome(case: Case, execution: Interpreter | Compiled, fuel: int) -> tuple[Any, ...]:
    """What a run of a case ends with; values as their canonical bytes, so that the order of maps counts."""
    program = verified(case.program).program
    try:
        if "call" not in case.directives:
            return ("initial", encode(program.state, execution.initial_state(fuel)))
        name, _, view = case.directives["call"].partition(" ")
        method = program.method(name)
        assert method is not None, f"{case}: there is no method {name}"
        arguments = from_json(method.domain, view or "null")
        result, after = execution.step(name, arguments, before(case, program, execution), fuel, occasion(case))
    except Refused as refused:
        return ("refused", refused.name, to_json(program.refusal(refused.name).payload, refused.payload))  # type: ignore[union-attr]  # declared
    except Trap as trap:
        return ("trapped", trap.kind)
    return ("returned", encode(method.result, result), encode(program.state, after))


def occasion(case: Case) -> Occasion:
    """When a case's step happens, at which instance, and what it draws from."""
    says = case.directives
    time_us = from_json(TIME, says.get("time", '"1970-01-01T00:00:00Z"'))
    return Occasion(time_us, from_json(STR, says.get("key", '""')), Draws(bytes.fromhex(says.get("seed", ""))))


def before(case: Case, program: Program, execution: Interpreter | Compiled) -> Any:
    view = case.directives.get("state")
    return execution.initial_state() if view is None else from_json(program.state, view)


def expected(case: Case) -> tuple[Any, ...]:
    """What a case says that its run ends with."""
    program, says = verified(case.program).program, case.directives
    if "initial" in says:
        return ("initial", encode(program.state, from_json(program.state, says["initial"])))
    if "refuses" in says:
        name, _, view = says["refuses"].partition(" ")
        refusal = program.refusal(name)
        assert refusal is not None, f"{case}: there is no refusal {name}"
        return ("refused", name, to_json(refusal.payload, from_json(refusal.payload, view or "null")))
    if "traps" in says:
        return ("trapped", says["traps"])
    method = program.method(says["call"].partition(" ")[0])
    assert method is not None
    after = says.get("after")
    state = (
        before(case, program, Interpreter(verified(case.program))) if after is None else from_json(program.state, after)
    )
    returned = from_json(method.result, says["returns"])
    return ("returned", encode(method.result, returned), encode(program.state, state))


@pytest.mark.parametrize("execution", [0, 1], ids=["interpreter", "compiled"])
@pytest.mark.parametrize("case", RUNS, ids=str)
def test_a_run_ends_as_the_suite_says(case: Case, execution: int) -> None:
    runs = executions(case.program)[execution]
    if "uses" not in case.directives:
        assert outcome(case, runs, int(case.directives.get("fuel", DEFAULT_FUEL))) == expected(case)
        return
    fuel = int(case.directives["uses"])
    assert outcome(case, runs, fuel) == expected(case)
    assert outcome(case, runs, fuel - 1) == ("trapped", OutOfFuel.kind), "it uses less fuel than the suite says"


@pytest.mark.parametrize("case", [case for case in RUNS if {"refuses", "traps"} & set(case.directives)], ids=str)
def test_a_run_that_fails_leaves_the_state_alone(case: Case) -> None:
    if "call" not in case.directives:
        return
    interpreter, compiled = executions(case.program)
    program = verified(case.program).program
    state = before(case, program, interpreter)
    name, _, view = case.directives["call"].partition(" ")
    method = program.method(name)
    assert method is not None
    cell, untouched = compiled.cell(state), encode_raw(state)
    fuel = int(case.directives.get("uses", case.directives.get("fuel", DEFAULT_FUEL)))
    with pytest.raises((Refused, Trap)):
        interpreter.step(name, from_json(method.domain, view or "null"), state, fuel, occasion(case))
    with pytest.raises((Refused, Trap)):
        compiled.run_on(occasion(case), name, from_json(method.domain, view or "null"), cell, fuel)
    assert encode_raw(state) == encode_raw(compiled.state_of(cell)) == untouched


def sent(case: Case) -> Verified:
    """The program of a case, judged as a node judges what it is sent."""
    if "bytes" in case.directives:
        return load(bytes.fromhex(case.directives["bytes"]))
    return load(encode_program(assemble_text(case.program)))


@pytest.mark.parametrize("case", REJECTIONS, ids=str)
def test_a_program_is_rejected_as_the_suite_says(case: Case) -> None:
    with pytest.raises(Rejected) as rejected:
        sent(case)
    assert case.directives["rejected"] in str(rejected.value)


@pytest.mark.parametrize("case", NAMED, ids=str)
def test_a_program_has_the_bytes_and_the_id_that_the_suite_says(case: Case) -> None:
    program = verified(case.program)
    assert program.id == case.directives["id"]
    assert encode_program(program.program).hex() == case.directives["bytes"].replace(" ", "")
    assert decode_program(bytes.fromhex(case.directives["bytes"])) == program.program


def test_every_instruction_and_every_primitive_is_in_a_run() -> None:
    words = {word for case in RUNS for word in re.findall(r"\b[A-Z_]+\b", re.sub(r'"[^"]*"|;.*', "", case.program))}
    assert set(MNEMONICS) - words == set()


def test_the_suite_has_two_hundred_cases_and_no_title_twice() -> None:
    titles = [str(case) for case in CASES]
    assert len(set(titles)) == len(titles) >= 200


@pytest.mark.parametrize("text", sorted({case.program for case in RUNS}), ids=lambda text: str(text.count("\n")))
def test_the_programs_of_the_suite_are_the_same_after_text(text: str) -> None:
    program = assemble_text(text)
    assert assemble_text(disassemble(program)) == program
