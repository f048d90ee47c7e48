"""A trap or a refusal names the line that plain Python fails at."""

from __future__ import annotations

import copy
import io
import tokenize
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, note, settings

from camshaft import simulate
from camshaft.bytecode.encoding import decode_program, encode_program, program_id
from camshaft.bytecode.line_map import line_map
from camshaft.bytecode.program import Program
from camshaft.bytecode.verifier import verify
from camshaft.errors import OutOfFuel, Trap
from camshaft.execution.interpreter import Interpreter
from camshaft.language.compile import compile_file, compile_machine, compile_migration
from camshaft.language.objects import to_value
from generators.differential import Call, agree, call, place_in
from generators.lined import CASES, Lined, halve
from generators.python_programs import Statement, accepted, programs

FILE = halve.__code__.co_filename
ROWS = [[1, 2], [3]]


@pytest.mark.parametrize("one", CASES, ids=lambda one: f"{one.method}-{'-'.join(map(str, one.args))}")
def test_bytecode_fails_at_the_line_where_python_fails(one: Call) -> None:
    agree(Lined, one)


def test_nearly_every_case_fails_and_says_where() -> None:
    places = set()
    for one in CASES:
        try:
            getattr(simulate(Lined, backend="interpreter"), one.method)(*one.args)
        except Exception as error:  # noqa: BLE001 - whatever a machine raises
            places.add(place_in(error, FILE))
    assert len(places) > 30
    assert all(place.startswith("at lined.py line ") for place in places)


@given(programs())
@settings(max_examples=settings().max_examples // 4)  # each is compiled several times
def test_programs_broken_at_every_bracket_fail_at_the_same_lines(statements: list[Statement]) -> None:
    with TemporaryDirectory() as directory:
        accepted(copy.deepcopy(statements), Path(directory))
        text = broken_up((Path(directory) / "box.py").read_text())
        note(text)
        file = Path(directory) / "broken_box.py"
        file.write_text(text)
        (box,) = compile_file(file).machines
    agree(box.cls, call("run", 0, [1, 2], ROWS), call("run", 2, [], []), call("run", -1, [5], ROWS))


def broken_up(text: str) -> str:
    """The same program with each token within brackets on a line of its own."""
    depth = 0
    ends = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        depth += (token.string in tuple("([{")) - (token.string in tuple(")]}"))
        if depth and token.type == tokenize.OP:
            ends.add(token.end)
    lines = []
    for row, line in enumerate(text.splitlines(), 1):
        cuts = [0, *sorted(column for end_row, column in ends if end_row == row), len(line)]
        lines.append("\n".join(line[start:end] for start, end in pairwise(cuts)))
    return "\n".join(lines) + "\n"


def test_a_migration_names_its_line_too() -> None:
    compiled = compile_migration(halve)
    interpreter = Interpreter(verify(compiled.program))
    was = to_value(compiled.old.state_type_py, Lined())
    with pytest.raises(Trap) as trapped:
        interpreter.step("migrate", (was,), ())
    with pytest.raises(ZeroDivisionError) as failed:
        halve(Lined())
    assert str(trapped.value.where) == place_in(failed.value, FILE).removeprefix("at ").replace("halve", "migrate")


def test_running_out_of_fuel_names_the_loop_or_the_method() -> None:
    interpreter = Interpreter(verify(compile_machine(Lined).program))
    first = Lined.loop.__code__.co_firstlineno
    for fuel, line in ((0, first), (200, first + 1)):
        with pytest.raises(OutOfFuel) as error:
            interpreter.step("loop", (1000,), interpreter.initial_state(), fuel)
        assert error.value.where is not None
        assert error.value.where.line == line


def test_lines_travel_with_a_program_and_change_nothing_of_it() -> None:
    program = compile_machine(Lined).program
    bare = Program(program.name, program.state, program.initial, program.functions, program.methods, program.pools)
    assert program_id(program) == program_id(bare)
    again = line_map(decode_program(encode_program(program)))
    assert again == line_map(program)
    assert again.file == "lined.py"
    for method in program.methods:
        assert again.line_of(f"method {method.name}", 0) == getattr(Lined, method.name).__code__.co_firstlineno
