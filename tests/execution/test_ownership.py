"""Containers are changed in place, and nothing but the place that was written to changes."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings

from camshaft.bytecode.text import assemble_text
from camshaft.bytecode.verifier import Verified, verify
from camshaft.category.assembler import ProgramSource, assemble
from camshaft.errors import Trap
from camshaft.execution.compiler import Compiled
from camshaft.execution.interpreter import DEFAULT_FUEL, Interpreter
from camshaft.values.codec import encode_raw
from generators.occasions import occasion
from generators.sharing import INITIAL, containers, sharing
from generators.speculating import Speculating


@given(sharing())
@settings(max_examples=5 * settings().max_examples)
def test_what_is_at_two_places_is_two_containers(source: ProgramSource) -> None:
    verified = verify(assemble(source))
    for execution in (Compiled(verified), Speculating(verified)):
        keeps_containers_apart(verified, execution)


def keeps_containers_apart(verified: Verified, execution: Compiled | Speculating) -> None:
    """Assert of steps on one cell that each does what the interpreter says, and which containers the cell then has."""
    interpreter = Interpreter(verified)
    constants = [constant.value for constant in verified.program.pools.constants]
    before = deepcopy(constants)
    cell: Any = execution.cell(INITIAL)
    state: Any = INITIAL
    for _ in range(3):
        arguments = ([[1], [2]],)
        result = expected = None
        try:
            expected, state = deepcopy(interpreter.step("m", arguments, state))
        except Trap as trap:
            expected = (trap.kind,)
        try:
            result = execution.run_on(occasion(), "m", arguments, cell, DEFAULT_FUEL)
        except Trap as trap:
            result = (trap.kind,)
        assert encode_raw(result) == encode_raw(expected)
        assert encode_raw(execution.state_of(cell)) == encode_raw(state)
        held = list(containers(execution.state_of(cell)))
        assert len(set(held)) == len(held), "a container is at two places"
        others = {*containers(result), *containers(arguments), *containers(constants)}
        assert not set(held) & others, "a container is in the cell and elsewhere"
        assert (arguments, constants) == (([[1], [2]],), before)


_HEAD = """camshaft 1
machine m
state {rows: List[List[Int]], other: List[List[Int]]}
initial CONST {"rows": [[3]], "other": []}: {rows: List[List[Int]], other: List[List[Int]]}
function constant: () -> List[List[Int]] CONST [[1]]: List[List[Int]]
function same: List[List[Int]] -> List[List[Int]]
function made: Int -> List[List[Int]] PUSH CONST 5 CONS {0, 1} COLLECT CONS {0} COLLECT
"""
_CHANGE = "CONST 7 PUSH CONST 0 APPEND self.rows[]"


@pytest.mark.parametrize(
    "body",
    [
        f"CONST () CALL constant PUT self.rows {_CHANGE}",
        f"GET self.rows CALL same PUT self.other GET self.other PUT self.rows {_CHANGE}",
        f"CONST 2 CALL made PUSH CONCAT PUT self.rows {_CHANGE}",
        f"CONST 2 CALL made PUSH CONS {{rows, other}} PUT self {_CHANGE}",
        (
            "CONST 5 CONS {0} COLLECT PUSH CONST [1, 1]: List[Int] CONS {0, 1} EACH FIELD 0 APPEND self.rows END "
            "CONST 7 PUSH CONST 1 APPEND self.rows[]"
        ),
        # What was taken out of a list is still there when the list is stored and changed.
        (
            "CONST 2 CALL made PUSH PUSH CONST 0 LIST_INDEX SWAP PUT self.rows "
            f"{_CHANGE} POP CONS {{0}} COLLECT PUT self.other"
        ),
    ],
)
def test_a_change_of_what_a_function_gave_changes_nothing_else(body: str) -> None:
    program = assemble_text(f"{_HEAD}command m() -> () {body}\n")
    verified = verify(program)
    interpreter, compiled = Interpreter(verified), Compiled(verified)
    for _ in range(2):
        assert compiled.step("m", (), interpreter.initial_state()) == interpreter.step(
            "m", (), interpreter.initial_state()
        )


def test_a_distributed_record_goes_into_a_record() -> None:
    program = assemble_text(
        """camshaft 1
machine data
state ()
initial CONST ()
query distributed(n: Int, o: <None | int Int>) -> {x: <None {n: Int, o: ()} | int {n: Int, o: Int}>}
    DISTRIBUTE o CONS {x}
"""
    )
    verified = verify(program)
    for given_ in (("int", 2), ("None", ())):
        step = ("distributed", (1, given_), ())
        assert Compiled(verified).step(*step) == Interpreter(verified).step(*step)
