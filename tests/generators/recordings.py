"""What programs of a format do, recorded: later versions of Camshaft are held to it. See `bytecode/formats/README.md`.

    PYTHONPATH=tests python -m generators.recordings

Rule: a file that exists is never written again. What was recorded is what old programs mean.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from camshaft.bytecode.encoding import encode_program
from camshaft.bytecode.program import FORMAT_VERSION, Program
from camshaft.bytecode.text import assemble_text
from camshaft.bytecode.verifier import Verified, load
from camshaft.errors import OutOfFuel, Refused, Trap
from camshaft.execution.compiler import Compiled
from camshaft.execution.interpreter import Interpreter
from camshaft.language.project import compile_file
from camshaft.values.codec import encode
from generators import samples
from generators.conformance import all_cases
from generators.occasions import occasion

ROOT = Path(__file__).parents[2]
FORMATS = ROOT / "tests" / "bytecode" / "formats"
AUTHORED = (*sorted((ROOT / "examples").glob("*.py")), *sorted((ROOT / "src/camshaft/cli/demo_machines").glob("t*.py")))
RUNS = 4
"""How many runs of each method are recorded."""
BUDGET = 100_000
"""The fuel of each run."""


def outcome(
    program: Program, execution: Interpreter | Compiled, method: str, arguments: Any, state: Any, fuel: int
) -> list[str]:
    """How a step ends, as a recording has it."""
    try:
        result, after = execution.step(method, arguments, state, fuel, occasion())
    except Refused as refused:
        refusal = program.refusal(refused.name)
        assert refusal is not None
        return ["refused", refused.name, encode(refusal.payload, refused.payload).hex()]
    except Trap as trap:
        return ["trapped", trap.kind]
    called = program.method(method)
    assert called is not None
    return ["returned", encode(called.result, result).hex(), encode(program.state, after).hex()]


def fuel_used(program: Program, execution: Interpreter, method: str, arguments: Any, state: Any) -> int:
    """The least fuel with which a step ends as it does with plenty."""
    ends = outcome(program, execution, method, arguments, state, BUDGET)
    low, high = -1, BUDGET
    while high - low > 1:
        middle = (low + high) // 2
        if outcome(program, execution, method, arguments, state, middle) == ends:
            high = middle
        else:
            low = middle
    return high


def recording(verified: Verified) -> dict[str, Any]:
    """What is true of a program."""
    program, interpreter, random = verified.program, Interpreter(verified), Random(verified.id)
    runs = []
    for method in program.methods:
        for number in range(RUNS):
            arguments = samples.value(random, method.domain)
            state = _initial(interpreter) if number == 0 else None
            state = samples.value(random, program.state) if state is None else state
            ends = outcome(program, interpreter, method.name, arguments, state, BUDGET)
            runs.append(
                {
                    "method": method.name,
                    "arguments": encode(method.domain, arguments).hex(),
                    "state": encode(program.state, state).hex(),
                    "ends": ends,
                    "fuel": None
                    if ends[-1] == OutOfFuel.kind
                    else fuel_used(program, interpreter, method.name, arguments, state),
                }
            )
    initial = _initial(interpreter)
    return {
        "id": verified.id,
        "initial": None if initial is None else encode(program.state, initial).hex(),
        "runs": runs,
    }


def _initial(interpreter: Interpreter) -> Any:
    try:
        return interpreter.initial_state()
    except (Refused, Trap):
        return None


def programs() -> Iterator[tuple[str, Program]]:
    """The programs that are recorded, by the names of their files."""
    for path in AUTHORED:
        compiled = compile_file(path)
        # Without notes: they hold the source text, which is not part of what a program means.
        for machine in compiled.machines:
            yield f"{path.stem}-{machine.name}", replace(machine.program, notes={})
        for migration in compiled.migrations:
            yield f"{path.stem}-{migration.program.name}", replace(migration.program, notes={})
    cases = {case.program: case for case in all_cases() if not {"rejected", "bytes"} & set(case.directives)}
    for case in cases.values():
        program = assemble_text(case.program)
        yield f"{case.file.removesuffix('.casm')}-{program.name}", program


def record(folder: Path, programs: Iterable[tuple[str, Program]]) -> list[Path]:
    """Record every program whose name is not in the folder yet. Gives the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, program in programs:
        path = folder / f"{name}.program"
        if not path.exists():
            path.write_bytes(encode_program(program))
            found = recording(load(path.read_bytes()))
            path.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
            written.append(path)
    return written


if __name__ == "__main__":
    for path in record(FORMATS / f"v{FORMAT_VERSION}", programs()):
        print(path.relative_to(ROOT))
