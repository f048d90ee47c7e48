"""Files that differ a little from those of the corpus are refused, or mean what Python means."""

from __future__ import annotations

import pytest

from corpus.mutants import run

ROUNDS = 60


@pytest.mark.parametrize("seed", range(3))
def test_a_mutant_is_refused_or_means_what_python_means(seed: int) -> None:
    seen = run(seed, ROUNDS)
    assert sum(seen.values()) == ROUNDS
    # Were nearly all refused, this would say little about what is accepted.
    assert seen["agreed"] > ROUNDS // 10
    assert seen["refused"] > ROUNDS // 10
