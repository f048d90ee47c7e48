"""Where a machine's code was when it refused or trapped, whichever execution ran it.

The interpreter says so itself. Generated Python functions have a table of lines that are those of the author's file,
so there Python's own traceback knows: reading it costs nothing until something fails.
"""

from __future__ import annotations

from types import TracebackType
from typing import Final

from camshaft.bytecode.line_map import LineMap
from camshaft.errors import Refused, Trap, Where

FRAME_PREFIX: Final = "<camshaft "
"""How the file name of generated code begins, `<camshaft counter>`, where its lines are those of the author's file."""


def frame_name(machine: str) -> str:
    """The file name that code generated for a machine has."""
    return f"{FRAME_PREFIX}{machine}>"


def whereabouts(error: Refused | Trap, lines: LineMap) -> Where | None:
    """The line that an error happened at: the innermost frame of the machine's code; None where it is not known.

    `lines` are those of the machine's program. Python has a line for every frame, a program may have none: a line that
    is not among those of the program means nothing.
    """
    if error.where is not None:
        return error.where
    found: Where | None = None
    traceback: TracebackType | None = error.__traceback__
    while traceback is not None:
        code, line = traceback.tb_frame.f_code, traceback.tb_lineno
        if code.co_filename.startswith(FRAME_PREFIX):
            name = code.co_qualname.rpartition(".")[2]
            machine = code.co_filename[len(FRAME_PREFIX) : -1]
            file, own = lines.home_of_name(name)
            found = Where(machine, own, line, file) if lines.has(name, line) else None
        traceback = traceback.tb_next
    return found
