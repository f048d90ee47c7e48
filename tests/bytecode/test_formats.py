"""Programs of every released format still load, keep their id, and do what they did: `formats/README.md`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from camshaft.bytecode.encoding import encode_program
from camshaft.bytecode.program import FORMAT_VERSION
from camshaft.bytecode.verifier import load
from camshaft.errors import OutOfFuel
from camshaft.execution.compiler import Compiled
from camshaft.execution.interpreter import Interpreter
from camshaft.values.codec import decode, encode
from generators.recordings import BUDGET, FORMATS, outcome, record

PROGRAMS = sorted(FORMATS.glob("v*/*.program"))


def recorded(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.with_suffix(".json").read_text())
    return found


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_program_of_a_released_format_does_what_it_did(path: Path) -> None:
    expected = recorded(path)
    verified = load(path.read_bytes())
    assert verified.id == expected["id"]
    assert encode_program(verified.program) == path.read_bytes()
    interpreter, compiled = Interpreter(verified), Compiled(verified)
    if expected["initial"] is not None:
        assert encode(verified.program.state, interpreter.initial_state()).hex() == expected["initial"]
    for run in expected["runs"]:
        method = verified.program.method(run["method"])
        assert method is not None
        arguments = decode(method.domain, bytes.fromhex(run["arguments"]))
        state = decode(verified.program.state, bytes.fromhex(run["state"]))
        for execution in (interpreter, compiled):
            if run["fuel"] is None:
                assert outcome(verified.program, execution, method.name, arguments, state, BUDGET) == run["ends"]
                continue
            assert outcome(verified.program, execution, method.name, arguments, state, run["fuel"]) == run["ends"]
            if run["fuel"]:
                short = outcome(verified.program, execution, method.name, arguments, state, run["fuel"] - 1)
                assert short == ["trapped", OutOfFuel.kind]


def test_the_recordings_have_programs_of_each_version_with_runs_of_all_kinds() -> None:
    assert {path.parent.name for path in PROGRAMS} == {f"v{version}" for version in range(1, FORMAT_VERSION + 1)}
    ends = {run["ends"][0] for path in PROGRAMS for run in recorded(path)["runs"]}
    assert ends == {"returned", "refused", "trapped"}


def test_what_is_recorded_is_never_recorded_again(tmp_path: Path) -> None:
    named = [(path.stem, load(path.read_bytes()).program) for path in PROGRAMS[:2]]
    first, second = (tmp_path / f"{name}.program" for name, _ in named)
    assert record(tmp_path, named) == [first, second]
    first.write_bytes(b"kept")
    second.unlink()
    assert record(tmp_path, named) == [second]
    assert first.read_bytes() == b"kept"
    assert recorded(second)["id"] == load(second.read_bytes()).id
