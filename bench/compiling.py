"""From source to a verified program: what `camshaft check` does with a file, measured in the processor's time."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import loading
from camshaft.language.compile import compile_file
from figures import Figure, Goal, Table, at_most

LINES = (500, 2000)
LIMIT_S = 1.0
"""For the largest of the files."""
_LINEAR_WITHIN = 2.0
"""A file of four times the lines takes at most four times as long, times this."""

_SPLIT = 10
"""Into how many methods of one machine the functions of the second kind of file are spread."""


def functions(lines: int) -> str:
    """A machine whose work is done by functions that call each other, in so many lines or a few more."""
    count = lines // 6
    parts = ["from camshaft import Machine\n\nLIMIT = 1000\n"]
    for number in range(count):
        inner = f"step{number - 1}(n + {number})" if number % _SPLIT else f"n * {number}"
        parts.append(
            f"\n\ndef step{number}(n: int) -> int:\n    if n > LIMIT:\n        return n - LIMIT\n"
            f"    found = [one for one in range(n) if one % 2 == {number % 2}]\n    for one in found:\n"
            f"        n += one\n    return {inner}\n"
        )
    parts.append("\n\nclass Stepper(Machine):\n    total: int = 0\n")
    for number in range(_SPLIT - 1, count, _SPLIT):
        parts.append(f"\n    def run{number}(self) -> int:\n        self.total = step{number}(self.total)\n")
        parts.append("        return self.total\n")
    return "".join(parts)


def seconds(text: str) -> float:
    """The processor's seconds for compiling a file with this text, reading and importing it included."""
    with tempfile.TemporaryDirectory(prefix="camshaft-bench-") as directory:
        path = Path(directory) / "machine.py"
        path.write_text(text)
        start = time.process_time()
        compile_file(path)
        return time.process_time() - start


def measure(rounds: int) -> Table:
    """Compiling files of methods and of functions, of some lines and of four times as many."""
    rows: list[tuple[str, ...]] = []
    goals: list[Goal] = []
    for kind, made in (("methods and dataclasses", loading.source), ("functions that call each other", functions)):
        few, many = (Figure(tuple(seconds(made(lines)) for _ in range(rounds))) for lines in LINES)
        rows.append((f"{LINES[0]:,} lines of {kind}", few.show(2), "", ""))
        linear = few.median * LINES[1] / LINES[0]
        quick = at_most(f"compiling {LINES[1]:,} lines of {kind}", many.median, LIMIT_S, " s")
        straight = at_most(f"the same, of {LINES[1] // LINES[0]} times what {LINES[0]} lines take",
                           many.median / linear, _LINEAR_WITHIN)  # fmt: skip
        rows.append((f"{LINES[1]:,} lines of {kind}", many.show(2), *quick.cells))
        rows.append((straight.what, straight.figure, *straight.cells))
        goals += [quick, straight]
    columns = ("file", "s", "limit", "")
    return Table("Compiling a file, in seconds of the processor", columns, tuple(rows), goals=tuple(goals))
