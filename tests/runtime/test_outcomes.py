"""Places in outcomes: where the author's file failed, for people, and no part of what a step gave."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.verifier import verify
from camshaft.errors import Refused, Trap, Where
from camshaft.execution.interpreter import Interpreter
from camshaft.language.compile import compile_machine
from camshaft.language.objects import to_value
from camshaft.language.pytypes import record
from camshaft.runtime.engine import Engine
from camshaft.runtime.entries import Deploy, Entries, Input
from camshaft.runtime.outcomes import Outcome, RefusedBy, Returned, Trapped, error_of
from generators.differential import Call
from generators.lined import CASES, Lined

LINED = compile_machine(Lined)
VERIFIED = verify(LINED.program)


def stepped(one: Call, notes: dict[str, Any]) -> Outcome:
    """What a node's engine makes of a call of the machine whose program has these notes."""
    program = replace(LINED.program, notes=notes)
    types = [parameter.type for parameter in LINED.methods[one.method].parameters]
    arguments = tuple(to_value(type_, value) for type_, value in zip(types, one.args, strict=True))
    step = Input("lined", None, one.method, arguments, program_id(program))
    return Engine().apply(0, Entries(0, b"", (Deploy(encode_program(program)), step)))[1]


def interpreted(one: Call) -> Where | None:
    """The place that the interpreter names."""
    interpreter = Interpreter(VERIFIED)
    try:
        interpreter.step(one.method, one.args, interpreter.initial_state())
    except (Refused, Trap) as error:
        return error.where
    return None


@pytest.mark.parametrize("one", CASES, ids=lambda one: f"{one.method}-{'-'.join(map(str, one.args))}")
def test_both_executions_name_the_same_line(one: Call) -> None:
    outcome = stepped(one, LINED.program.notes)
    if isinstance(outcome, RefusedBy | Trapped):
        assert outcome.where is not None
        assert outcome.where == interpreted(one)
        assert outcome.where.file == "lined.py"
    else:
        assert isinstance(outcome, Returned)
        assert interpreted(one) is None


def test_the_same_program_with_other_lines_has_the_same_outcomes() -> None:
    for one in CASES:
        known, unknown = stepped(one, LINED.program.notes), stepped(one, {})
        other = stepped(one, {**LINED.program.notes, "lines": {"method refuse": [[0, 5]], "method divide": "x"}})
        assert known == unknown == other
        if isinstance(known, RefusedBy | Trapped) and isinstance(unknown, RefusedBy | Trapped):
            assert hash(known) == hash(unknown)
            assert unknown.where is None


def test_outcomes_that_differ_in_more_than_the_place_differ() -> None:
    where = Where("lined", "look", 5)
    payload = record(LINED.refusal_types["Denied"])
    trapped = Trapped("KeyError", "no entry", where)
    assert trapped != Trapped("IndexError", "no entry", where)
    assert trapped != Trapped("KeyError", "no key", where)
    refused = [RefusedBy("Denied", payload, (text, 1), where) for text in ("a", "b")]
    assert refused[0] != refused[1]
    assert refused[0] != trapped


def test_the_error_of_an_outcome_knows_the_place() -> None:
    where = Where("lined", "look", 5, "lined.py")
    trap = error_of(Trapped("KeyError", "no entry", where))
    assert isinstance(trap, Trap)
    assert trap.where == where
    assert (str(trap), trap.__notes__) == ("no entry", ["at lined.py line 5, in look"])
