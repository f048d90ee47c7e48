"""The line map: which line of the author's file an instruction comes from.

It travels in notes: `file` is the file's name without its directory, `lines` has, for each code by its name, a list
of [instruction, line] in ascending order, each meaning "from this instruction on". A function that is written outside
of the machine's class has an entry in `homes`: by its name in the program, its file's name and its own name there.

Rule: notes are anybody's. They are not part of a program's id, nothing verifies them, and nothing but texts for people
may depend on them. A note that is not as described is as good as none.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any, Final

from camshaft.bytecode.program import INITIAL_CODE, Program, function_code, method_code, shown_code

LINES_NOTE: Final = "lines"
FILE_NOTE: Final = "file"
HOMES_NOTE: Final = "homes"

MAX_LINE: Final = 10_000_000
"""No line is beyond this one: far more than a file has, far less than what Python's own tables of lines can hold."""
MAX_FILE_NAME: Final = 255
"""In characters."""


@dataclass(frozen=True, slots=True)
class LineMap:
    """The lines of a program's codes, and the name of the file that they are in, "" where that is not known."""

    file: str = ""
    _starts: dict[str, tuple[list[int], list[int]]] = field(default_factory=dict)
    _homes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def line_of(self, code: str, instruction: int) -> int | None:
        """The line of an instruction of a code (`method remove`, as `VerifiedCode.name`), None where it has none."""
        found = self._starts.get(code)
        if found is None:
            return None
        instructions, lines = found
        position = bisect_right(instructions, instruction)
        return lines[position - 1] if position else None

    def home_of(self, code: str) -> tuple[str, str]:
        """The file that a code is written in, "" where that is not known, and its author's name for it."""
        return self._homes.get(code) or (self.file, shown_code(code))

    def home_of_name(self, name: str) -> tuple[str, str]:
        """As `home_of`, by the name of a method or a function. No function outside of the class has a method's name."""
        return self.home_of(function_code(name))

    def has(self, name: str, line: int) -> bool:
        """Whether a method or function of this name has code of this line."""
        codes = (self._starts.get(method_code(name)), self._starts.get(function_code(name)))
        return any(found is not None and line in found[1] for found in codes)


def line_map(program: Program) -> LineMap:
    """The line map of a program's notes; a code whose table is malformed has no lines. Linear in the size of code."""
    tables = program.notes.get(LINES_NOTE)
    if not isinstance(tables, dict):
        return LineMap()
    codes = {
        INITIAL_CODE: program.initial,
        **{function_code(function.name): function.code for function in program.functions},
        **{method_code(method.name): method.code for method in program.methods},
    }
    # Looked up by the program's own codes: what else the note holds costs nothing.
    starts = {name: _starts(tables.get(name), len(code)) for name, code in codes.items()}
    homes = program.notes.get(HOMES_NOTE)
    found_homes = _homes(homes, [function.name for function in program.functions]) if isinstance(homes, dict) else {}
    known = {name: found for name, found in starts.items() if found is not None}
    return LineMap(_file(program.notes.get(FILE_NOTE)), known, found_homes)


def _homes(note: dict[Any, Any], functions: list[str]) -> dict[str, tuple[str, str]]:
    """The homes of functions; an entry that is malformed is as good as none."""
    homes = {}
    for name in functions:
        match note.get(name):
            case [str(file), str(own)] if _file(file) and own.isidentifier() and len(own) <= MAX_FILE_NAME:
                homes[function_code(name)] = (file, own)
            case _:
                pass
    return homes


def _starts(table: Any, size: int) -> tuple[list[int], list[int]] | None:
    """The instructions at which lines begin, and these lines. An instruction is at least one number of the code."""
    if not isinstance(table, list) or len(table) > size:
        return None
    instructions: list[int] = []
    lines: list[int] = []
    before = -1
    for entry in table:
        if not isinstance(entry, list) or len(entry) != 2:
            return None
        instruction, line = entry
        # `type`, since Python counts a bool as an integer.
        if type(instruction) is not int or type(line) is not int:
            return None
        if not before < instruction < size or not 1 <= line <= MAX_LINE:
            return None
        before = instruction
        instructions.append(instruction)
        lines.append(line)
    return instructions, lines


def _file(name: Any) -> str:
    """A file's name that can be shown on one line as it is, else ""."""
    if not isinstance(name, str) or len(name) > MAX_FILE_NAME or not name.isprintable():
        return ""
    return name if not any(separator in name for separator in "/\\") else ""
