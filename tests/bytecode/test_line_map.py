"""The line map: what notes may say about lines, whoever wrote them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.bytecode.line_map import MAX_LINE, LineMap, line_map
from generators.machines import counter

PROGRAM = counter()
SIZE = len(next(method.code for method in PROGRAM.methods if method.name == "incr"))


def of_notes(notes: dict[str, Any]) -> LineMap:
    """The line map of a counter with these notes."""
    return line_map(replace(PROGRAM, notes=notes))


def tables() -> st.SearchStrategy[list[list[int]]]:
    """Well-formed tables of the lines of `incr`."""
    starts = st.sets(st.integers(0, SIZE - 1)).map(sorted)
    return starts.flatmap(
        lambda found: st.lists(st.integers(1, MAX_LINE), min_size=len(found), max_size=len(found)).map(
            lambda lines: [list(pair) for pair in zip(found, lines, strict=True)]
        )
    )


@given(tables(), st.integers(-1, 2 * SIZE))
def test_an_entry_means_from_this_instruction_on(table: list[list[int]], instruction: int) -> None:
    before = [line for start, line in table if start <= instruction]
    found = of_notes({"lines": {"method incr": table}, "file": "counter.py"})
    assert found.line_of("method incr", instruction) == (before[-1] if before else None)
    assert found.line_of("method value", instruction) is None
    assert found.line_of("no such code", instruction) is None


@pytest.mark.parametrize(
    "table",
    [
        None,
        7,
        "0 1",
        {"0": 1},
        [0, 1],
        [[0]],
        [[0, 1, 2]],
        ["01"],
        [[0, "1"]],
        [[0, 1.0]],
        [[False, 1]],
        [[0, True]],
        [[-1, 1]],
        [[0, 0]],
        [[0, -5]],
        [[0, MAX_LINE + 1]],
        [[0, 2**80]],
        [[1, 1], [1, 2]],
        [[2, 1], [1, 2]],
        [[0, 1], [SIZE, 2]],
        [[index, 1] for index in range(SIZE + 1)],
        [[0, 1], None],
    ],
    ids=repr,
)
def test_a_malformed_table_is_as_good_as_none(table: Any) -> None:
    found = of_notes({"lines": {"method incr": table, "method value": [[0, 9]]}})
    assert found.line_of("method incr", 1) is None
    assert found.line_of("method value", 0) == 9


@pytest.mark.parametrize("file", [None, 5, b"a.py", "x" * 256, "a\nb.py", "\x1b[31m.py", "/etc/a.py", "..\\a.py"])
def test_a_name_that_is_no_files_name_is_not_shown(file: Any) -> None:
    assert of_notes({"lines": {}, "file": file}).file == ""


def test_a_files_name_may_be_in_any_language() -> None:
    assert of_notes({"lines": {}, "file": "zähler é.py"}).file == "zähler é.py"


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3),
    max_leaves=12,
)


@given(_anything, _anything, _anything)
def test_any_notes_are_read_without_an_error(lines: Any, table: Any, file: Any) -> None:
    for notes in ({"lines": lines, "file": file}, {"lines": {"method incr": table, "the initial state": lines}}):
        line = of_notes(notes).line_of("method incr", 0)
        assert line is None or 1 <= line <= MAX_LINE
