"""The corpus: small programs, one for each corner of Python that the language has. Each lies in a folder of its topic,
named after what it claims; `refused/` holds what is not accepted, with the code expected at the line that gets it.

A program means the same as plain Python, interpreted and compiled: `judge` compares after every input.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from camshaft.language.compile import CompileError, compile_file
from corpus.judge import Program, judge
from corpus.programs import HERE, accepted, refused

_EXPECTED = re.compile(r"# error: (CAM\d{3}(?:, CAM\d{3})*)$")


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", accepted(), ids=_name)
def test_a_program_means_what_python_means(path: Path) -> None:
    report = judge(Program(path))
    assert report.unreached == [], "lines that no input reaches"


@pytest.mark.parametrize("path", refused(), ids=_name)
def test_a_construct_is_refused_at_its_line(path: Path) -> None:
    expected = [
        (number, code)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if (marked := _EXPECTED.search(line)) is not None
        for code in marked[1].split(", ")
    ]
    assert expected
    with pytest.raises(CompileError) as caught:
        compile_file(path)
    found = [(one.primary.span.line, one.code.number) for one in caught.value.diagnostics]
    assert found == expected, str(caught.value)


def test_the_corpus_is_large_and_every_program_says_what_it_claims() -> None:
    assert len(accepted()) >= 300
    for path in [*accepted(), *refused()]:
        assert path.read_text().startswith('"""'), path.relative_to(HERE)
