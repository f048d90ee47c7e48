"""Programs that use all of the language, written at random, mean what Python means."""

from __future__ import annotations

import copy
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, note, settings

from corpus.judge import Program, judge
from generators.python_grammar import HEAD, TAIL
from generators.python_programs import Statement, accepted
from generators.python_sentences import sentences, templates


@given(sentences())
@settings(max_examples=settings().max_examples // 2)  # each is compiled several times
def test_an_accepted_program_means_what_python_means(statements: list[Statement]) -> None:
    with TemporaryDirectory() as directory:
        accepted(copy.deepcopy(statements), Path(directory), HEAD, TAIL)
        file = Path(directory) / "box.py"
        note(file.read_text().removeprefix(HEAD))
        judge(Program(file))


def test_every_line_of_the_grammar_is_accepted(tmp_path: Path) -> None:
    lines = list(templates())
    file = tmp_path / "box.py"
    # Each in a branch of its own, so that none narrows or gives away what the next one uses.
    accepted([Statement("if p > 0:", [Statement(line)]) for line in lines], tmp_path, HEAD, TAIL)
    kept = {line.strip() for line in file.read_text().splitlines()}
    assert [line for line in lines if line not in kept] == []
