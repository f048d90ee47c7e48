"""Compiled code agrees with the interpreter: results, refusals, traps, fuel, and the bytes of states."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from camshaft.bytecode.verifier import Verified, verify
from camshaft.category.assembler import ProgramSource, assemble
from camshaft.errors import Refused, Trap
from camshaft.execution.compiler import Compiled
from camshaft.execution.interpreter import DEFAULT_FUEL, Interpreter
from camshaft.values.codec import encode_raw
from generators.claims import Claiming
from generators.occasions import occasion
from generators.speculating import Speculating
from generators.terms import imperative_programs, programs
from generators.types import values


def outcome(execution: Interpreter | Compiled | Speculating, method: str, arguments: Any, state: Any, fuel: int) -> Any:
    around = occasion()
    try:
        result, after = execution.step(method, arguments, state, fuel, around)
    except Refused as refused:
        return ("refused", refused.name, encode_raw(refused.payload))
    except Trap as trap:
        return ("trap", trap.kind)
    return ("returned", encode_raw(result), encode_raw(after), around.draws.count)


def agree(verified: Verified, data: st.DataObject, fuel: int) -> None:
    interpreter, compiled = Interpreter(verified), Compiled(verified)
    # Code whose compiler is held to what it claims of integers runs the same steps, with general code behind it.
    speculating = Speculating(verified, Claiming)
    program = verified.program
    state = data.draw(values(program.state))
    cell, other = compiled.cell(state), speculating.cell(state)
    for method in program.methods:
        arguments = data.draw(values(method.domain))
        before = encode_raw(arguments)
        expected = outcome(interpreter, method.name, arguments, state, fuel)
        assert outcome(compiled, method.name, arguments, state, fuel) == expected
        assert outcome(speculating, method.name, arguments, state, fuel) == expected
        # The same on a cell that lives on: what a step leaves behind is what the next one starts from.
        try:
            compiled.run_on(occasion(), method.name, arguments, cell, fuel)
        except (Refused, Trap):
            pass
        else:
            state = interpreter.step(method.name, arguments, state, fuel, occasion())[1]
        with suppress(Refused, Trap):
            speculating.run_on(occasion(), method.name, arguments, other, fuel)
        assert encode_raw(compiled.state_of(cell)) == encode_raw(state)
        assert encode_raw(speculating.state_of(other)) == encode_raw(state)
        assert encode_raw(arguments) == before


@given(programs(), st.data())
@settings(max_examples=5 * settings().max_examples)
def test_compiled_code_does_what_the_interpreter_does(source: ProgramSource, data: st.DataObject) -> None:
    agree(verify(assemble(source)), data, DEFAULT_FUEL)


@given(programs(), st.data(), st.integers(0, 60))
def test_compiled_code_runs_out_of_fuel_where_the_interpreter_does(
    source: ProgramSource, data: st.DataObject, fuel: int
) -> None:
    agree(verify(assemble(source)), data, fuel)


@given(imperative_programs(), st.data())
@settings(max_examples=5 * settings().max_examples)
def test_containers_changed_in_place_are_values_still(source: ProgramSource, data: st.DataObject) -> None:
    agree(verify(assemble(source)), data, DEFAULT_FUEL)
