"""What the compiler accepts means the same as bytecode and as Python, whatever names its containers go by."""

from __future__ import annotations

import copy
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, note, settings

from generators.differential import agree, call
from generators.python_programs import Statement, accepted, programs

ROWS = [[1, 2], [3]]


@given(programs())
@settings(max_examples=settings().max_examples // 2)  # each is compiled several times
def test_an_accepted_program_means_what_python_means(statements: list[Statement]) -> None:
    with TemporaryDirectory() as directory:
        compiled = accepted(copy.deepcopy(statements), Path(directory))
        note((Path(directory) / "box.py").read_text().partition("o: int | None = None\n")[2])
    (box,) = compiled.machines
    agree(box.cls, call("run", 0, [1, 2], ROWS), call("run", 2, [], []), call("run", -1, [5], ROWS))
