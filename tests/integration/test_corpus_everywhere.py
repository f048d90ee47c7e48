"""The corpus in processes of their own: nothing of a program or a run depends on how Python hashes texts.

`make pythons` does the same under every version of Python that is installed.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from corpus.programs import accepted
from corpus.pythons import installed, lines_under


def test_programs_and_runs_are_the_same_under_every_hash_seed(capfd: pytest.CaptureFixture[str]) -> None:
    here = Path(sys.executable)
    first, second, other = (lines_under(here, seed) for seed in ("0", "1", "random"))
    assert first == second == other
    assert len(first) == len(accepted())
    said = capfd.readouterr().err
    for seed in ("0", "1", "random"):
        assert f"hash seed {seed}: {len(first)} programs" in said


def test_this_python_is_among_those_that_are_found() -> None:
    assert installed()[sys.version_info[:2]].exists()
