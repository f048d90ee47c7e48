"""What the compiler says: each file beside this one holds a source and, after a line of `=`, what is said about it.

`CAMSHAFT_REWRITE_GOLDEN=1` writes what is said now into the files, to be read in the difference.
"""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

from camshaft.language.compile import CompileError, compile_file
from camshaft.language.diagnostics import Code, Diagnostic, Label, SourceText, Span

GOLDEN = Path(__file__).parent / "diagnostics"
SEPARATOR = "=" * 100 + "\n"


@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.txt")))
def test_the_golden_text_is_what_is_said(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    golden = GOLDEN / f"{name}.txt"
    source, _, expected = golden.read_text().partition(SEPARATOR)
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "box.py"
    file.write_text(source)
    with pytest.raises(CompileError) as caught:
        compile_file(file)
    found = str(caught.value) + "\n"
    if os.environ.get("CAMSHAFT_REWRITE_GOLDEN") == "1":
        golden.write_text(source + SEPARATOR + found)
    else:
        assert found == expected


def test_codes_are_distinct_and_stay_in_order() -> None:
    numbers = [code.number for code in Code]
    assert numbers == sorted(set(numbers))


def test_every_code_has_a_golden_text() -> None:
    said = "".join(path.read_text() for path in GOLDEN.glob("*.txt"))
    # These two are about files that change or are missing, which `test_source` and `test_project` make.
    elsewhere = {Code.STALE, Code.NO_SOURCE}
    assert {code for code in Code if f"error[{code.number}]" not in said} == elsewhere


def test_every_diagnostic_says_what_to_write() -> None:
    for path in GOLDEN.glob("*.txt"):
        for found in path.read_text().partition(SEPARATOR)[2].split("\n\n"):
            assert "\nhelp: " in found, f"{path.name}: {found}"


def test_a_span_counts_characters_and_marks_are_as_wide_as_on_the_screen() -> None:
    text = 'x = "日本" + y'
    source = SourceText("box.py", (text,))
    node = ast.parse(text).body[0]
    assert isinstance(node, ast.Assign)
    assert isinstance(node.value, ast.BinOp)
    span = Span.of(source, node.value.right)
    assert text[span.start : span.end] == "y"
    shown = Diagnostic(Code.UNKNOWN_NAME, "unknown", Label(span, "here")).render().splitlines()
    assert shown[2:] == [f"1 | {text}", "  |              ^ here"]


def test_a_label_in_another_file_is_shown_with_its_file() -> None:
    here, there = SourceText("a.py", ("x = 1",)), SourceText("b.py", ("", "y = 2"))
    found = Diagnostic(Code.ALIAS, "two", Label(Span(here, 1, 0, 1)), secondary=(Label(Span(there, 2, 0, 1), "there"),))
    assert found.render().splitlines()[4:] == ["  ::: b.py:2:1", "2 | y = 2", "  | - there"]
