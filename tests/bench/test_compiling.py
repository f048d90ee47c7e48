"""The files that compiling is measured on are of the size they claim, and what they define is what runs."""

from __future__ import annotations

import pytest

import compiling
import loading
from camshaft import compile_source, simulate


@pytest.mark.parametrize("made", [loading.source, compiling.functions])
def test_a_file_has_about_as_many_lines_as_asked_for(made: object) -> None:
    assert callable(made)
    lines = sum(1 for line in made(300).splitlines() if line)
    assert 290 <= lines <= 400


def test_the_functions_are_the_python_that_they_seem_to_be() -> None:
    (stepper,) = compile_source(compiling.functions(130))
    plain: object = stepper()
    both: object = simulate(stepper)
    for _ in range(3):
        assert plain.run9() == both.run9()  # type: ignore[attr-defined]  # a text has no types for mypy
        assert plain.run19() == both.run19()  # type: ignore[attr-defined]


def test_four_times_the_lines_take_not_much_more_than_four_times_as_long() -> None:
    for made in (loading.source, compiling.functions):
        compiling.seconds(made(100))
        few = min(compiling.seconds(made(150)) for _ in range(3))
        many = min(compiling.seconds(made(600)) for _ in range(3))
        assert many < 8 * few
