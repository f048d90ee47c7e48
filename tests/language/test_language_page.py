"""The page of the language says what the compiler does: each line of its tables is compiled, and what is accepted runs
as in Python; each function and method of the library is on the page.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from camshaft.language.compile import CompileError, compile_file
from camshaft.language.library import CHANGES, FUNCTIONS, ITERATED_ONLY, METHODS
from generators.differential import agree, call
from generators.nodes import ROOT
from generators.pages import blocks_of

PAGE: Final = ROOT / "docs" / "language.md"
TABLE: Final = re.compile(r"^### (.+)\n\n\| (.+) \|\n\|[-| ]+\|\n((?:\|.*\|\n)+)", re.MULTILINE)
BETWEEN_CELLS: Final = re.compile(r"(?<!\\)\|")
SNIPPET: Final = re.compile(r"`[^`]+`(?:<br>`[^`]+`)*")


@dataclass(frozen=True)
class Line:
    """What a cell of a table shows: the code, the column that it is in, whether it stands in a class or in a method."""

    code: str
    column: str
    within_class: bool


def lines_of_tables() -> Iterator[Line]:
    for title, header, rows in TABLE.findall(PAGE.read_text()):
        columns = header.split(" | ")
        for row in rows.splitlines():
            cells = [cell.strip() for cell in BETWEEN_CELLS.split(row)[1:-1]]
            assert len(cells) == len(columns), row
            for column, cell in zip(columns, cells, strict=True):
                if column in ("what", "why"):
                    continue  # prose
                for found in SNIPPET.findall(cell):
                    code = found.replace("<br>", "\n").replace("`", "").replace("\\|", "|")
                    yield Line(code, column, title == "Refused in a class")


LINES: Final = sorted(lines_of_tables(), key=lambda line: line.within_class)
ACCEPTED: Final = [line for line in LINES if line.column in ("for example", "instead")]
REFUSED: Final = [line for line in LINES if line.column == "Python"]


def program(lines: list[Line]) -> tuple[str, list[range]]:
    """The program of the page, with a method or a machine for each line; and which lines of the text belong to each."""
    blocks = [block.text for block in blocks_of(PAGE) if block.language == "python"]
    shelf = next(block for block in blocks if block.startswith("class Shelf(Machine):\n"))
    fields, method = shelf.split("\n\n")
    text = "\n".join(block for block in blocks if block != shelf) + f"\n\n{fields}\n\n"
    ranges = []
    for number, line in enumerate(lines):
        begin = text.count("\n") + 1
        if line.within_class:
            text += f"\n\nclass Shelf{number}(Machine):\n" + indented(line.code, 1)
        else:
            text += method.replace("def row(", f"def row{number}(") + indented(as_statement(line.code), 2)
        ranges.append(range(begin, text.count("\n") + 1))
    return text, ranges


def as_statement(code: str) -> str:
    """A value is assigned to something; what only calls a method stays as it is, since it may be for its effect."""
    match ast.parse(code).body:
        case [ast.Expr(value=ast.Call(func=ast.Attribute(attr=name)))] if name in {each for _, each in CHANGES}:
            return code
        case [ast.Expr()]:
            return f"shown = {code}"
        case _:
            return code


def indented(code: str, depth: int) -> str:
    return "".join(f"{'    ' * depth}{line}\n" for line in code.splitlines())


def test_what_the_tables_show_is_accepted_and_does_what_python_does(tmp_path: Path) -> None:
    file = tmp_path / "shelves.py"
    text, _ = program(ACCEPTED)
    file.write_text(text)
    machines: dict[str, Any] = {machine.cls.__name__: machine.cls for machine in compile_file(file).machines}
    assert {"Basket", "Counter"} <= machines.keys(), "the machines of the page itself"
    rows = [call(f"row{number}") for number, line in enumerate(ACCEPTED) if not line.within_class]
    agree(machines["Shelf"], *rows, maybe=10, ending=machines["Basket"]().pay())


def test_what_the_tables_say_is_refused_is_refused_where_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "shelves.py"
    text, ranges = program(REFUSED)
    file.write_text(text)
    with pytest.raises(CompileError) as caught:
        compile_file(file)
    told = {found.primary.span.line for found in caught.value.diagnostics}
    accepted = [line.code for line, its in zip(REFUSED, ranges, strict=True) if told.isdisjoint(its)]
    assert not accepted


@pytest.mark.parametrize("name", sorted({name for _, name in (*METHODS, *CHANGES)}))
def test_each_method_of_the_library_is_on_the_page(name: str) -> None:
    assert any(f".{name}(" in line.code for line in ACCEPTED)


@pytest.mark.parametrize("function", [*FUNCTIONS, *ITERATED_ONLY], ids=lambda function: function.__name__)
def test_each_function_of_the_library_is_on_the_page(function: Any) -> None:
    assert any(re.search(rf"\b{function.__name__}\(", line.code) for line in ACCEPTED)
