"""The judge of the corpus sees every kind of difference, and lines that nothing reaches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.judge import Disagreement, Program, judge

SOURCE = '''\
"""A machine whose plain class is changed after it was compiled."""

from camshaft import Machine, Refusal

INPUTS = [("go", 1), ("go", -1)]


class No(Refusal):
    number: int


class Box(Machine):
    n: int = 0
    table: dict[str, int] = {"a": 1, "b": 2}

    def go(self, k: int) -> int:
        if k < 0:
            raise No(k)
        self.n += k
        return self.n
'''


def program(directory: Path, source: str = SOURCE) -> Program:
    file = directory / "box.py"
    file.write_text(source)
    return Program(file)


def other_result(self: Any, k: int) -> int:
    self.n += k
    return k + 1


def other_state(self: Any, k: int) -> int:
    self.n += k
    self.table["c"] = 3
    return k


def other_order(self: Any, k: int) -> int:
    self.n += k
    self.table["a"] = self.table.pop("a")
    return k


@pytest.mark.parametrize("go", [other_result, other_state, other_order])
def test_a_difference_of_the_first_input_is_seen(go: Callable[..., int], tmp_path: Path) -> None:
    changed = program(tmp_path)
    setattr(changed.cls, "go", go)  # noqa: B010  # mypy does not let methods be replaced
    with pytest.raises(Disagreement, match="input 0, go"):
        judge(changed)


def test_a_failure_that_only_python_has_is_seen(tmp_path: Path) -> None:
    # The function stays in the machine's file, where failures are looked for.
    wrong = SOURCE.replace("        self.n += k\n", "        self.n += k\n        assert self.n < 1\n")
    changed = program(tmp_path)
    other = program(tmp_path, wrong)
    setattr(changed.cls, "go", vars(other.cls)["go"])  # noqa: B010
    with pytest.raises(Disagreement, match="trapped AssertionError"):
        judge(changed)


def test_another_field_of_a_refusal_and_another_line_are_seen(tmp_path: Path) -> None:
    for wrong in (SOURCE.replace("raise No(k)", "raise No(k - 1)"), SOURCE.replace("        if", "\n        if")):
        changed = program(tmp_path)
        setattr(changed.cls, "go", vars(program(tmp_path, wrong).cls)["go"])  # noqa: B010
        changed.cls.go.__globals__.update(No=changed.machine.refusals["No"])  # type: ignore[attr-defined]
        with pytest.raises(Disagreement, match="input 1, go"):
            judge(changed)


def test_a_line_that_no_input_reaches_is_told(tmp_path: Path) -> None:
    assert judge(program(tmp_path)).unreached == []
    assert judge(program(tmp_path, SOURCE.replace(', ("go", -1)', ""))).unreached == [18]
    # One that is marked as never run must not run.
    marked = SOURCE.replace("self.n += k", "self.n += k  # never runs")
    assert judge(program(tmp_path, marked)).unreached == [19]


def test_a_report_tells_what_was_seen(tmp_path: Path) -> None:
    report = judge(program(tmp_path))
    assert report.inputs == 2
    assert report.ended == {"returned", "No"}
    assert judge(program(tmp_path)) == report
    assert judge(program(tmp_path, SOURCE.replace('("go", 1)', '("go", 2)'))).digest != report.digest
