"""Lines of code that were given anew, as CPython itself reads them."""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType

from hypothesis import given
from hypothesis import strategies as st

from camshaft.execution.line_table import with_lines

SOURCE = """\
def method(s, k, u=None):
    total = 0
    for each in s.items:
        try:
            total += each[k] * each[k] + each[k] * each[k] - each[k] * each[k] // (each[k] + 1) % 7 + total
            if total > k and k: raise ValueError(total)
        except KeyError as error:
            u.append((total, error))
            raise
        while True:
            if k in [one + k for one in s.items if one]:
                break
            total = max(s.items, key=lambda one: one + k)
    return total
"""
(CODE,) = (each for each in compile(SOURCE, "generated", "exec").co_consts if isinstance(each, CodeType))
LINES = SOURCE.count("\n")

line_numbers = st.integers(1, 40) | st.integers(1, 1 << 20) | st.integers(1, (1 << 31) - 1)


def all_code(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from all_code(each)


def lines_of(code: CodeType) -> list[int | None]:
    """The line of each instruction."""
    return [line for line, *_ in code.co_positions()]


@given(st.lists(line_numbers, min_size=LINES, max_size=LINES))
def test_each_instruction_is_on_the_line_that_its_own_was_given(lines: list[int]) -> None:
    numbered = with_lines(CODE, lines)
    for before, after in zip(all_code(CODE), all_code(numbered), strict=True):
        assert lines_of(after) == [None if line is None else lines[line - 1] for line in lines_of(before)]
        assert after.co_firstlineno == lines[before.co_firstlineno - 1]


def test_nothing_but_the_lines_changes() -> None:
    numbered = with_lines(CODE, [7] * LINES)
    for before, after in zip(all_code(CODE), all_code(numbered), strict=True):
        assert after.co_code == before.co_code
        assert after.co_exceptiontable == before.co_exceptiontable
        assert (after.co_name, after.co_varnames, after.co_names) == (
            before.co_name,
            before.co_varnames,
            before.co_names,
        )
