"""Random numbers: within their bounds, each as likely as any other, and the same for the same seed."""

from __future__ import annotations

import uuid
from collections import Counter
from hashlib import shake_256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.bytecode.occasion import QUESTIONS, QUESTIONS_BY_OPCODE, Draws, entry_seed
from camshaft.bytecode.primitives import PRIMITIVES
from camshaft.errors import BadValue
from camshaft.values.conformance import conforms
from generators.occasions import occasion
from generators.types import ints

seeds = st.binary(max_size=24)


@given(seeds)
def test_a_float_is_at_least_0_and_below_1_and_has_53_bits(seed: bytes) -> None:
    drawn = Draws(seed).random()
    assert 0 <= drawn < 1
    assert (drawn * 2**53).is_integer()
    assert drawn == (int.from_bytes(shake_256(seed + bytes(8)).digest(8), "big") >> 11) / 2**53


@given(seeds, ints, ints)
def test_an_integer_is_within_its_bounds(seed: bytes, first: int, second: int) -> None:
    start, stop = sorted((first, second))
    if start == stop:
        with pytest.raises(BadValue):
            Draws(seed).between(start, stop)
    else:
        assert start <= Draws(seed).between(start, stop) < stop


@pytest.mark.parametrize(("start", "stop"), [(0, 2), (1, 7), (-3, 2), (0, 16), (250, 350)])
def test_each_integer_is_as_likely_as_any_other(start: int, stop: int) -> None:
    draws, rounds = Draws(b"fixed"), 500 * (stop - start)
    counts = Counter(draws.between(start, stop) for _ in range(rounds))
    assert set(counts) == set(range(start, stop))
    # There are as many degrees of freedom as numbers less one; the bound is five deviations away.
    chi_squared = sum((count - 500) ** 2 / 500 for count in counts.values())
    freedom = stop - start - 1
    assert chi_squared < freedom + 5 * (2 * freedom) ** 0.5


def test_floats_fill_the_interval_evenly() -> None:
    draws = Draws(b"fixed")
    counts = Counter(int(draws.random() * 10) for _ in range(10_000))
    assert all(800 < counts[tenth] < 1200 for tenth in range(10))


@given(seeds)
def test_a_uuid_is_one_of_version_4_with_the_bits_of_its_draw(seed: bytes) -> None:
    drawn = shake_256(seed + bytes(8)).digest(16)
    assert Draws(seed).uuid() == str(uuid.UUID(bytes=drawn, version=4))


@given(seeds)
def test_draws_of_a_seed_differ_and_come_again_in_the_same_order(seed: bytes) -> None:
    first, second = Draws(seed), Draws(seed)
    drawn = [first.uuid() for _ in range(20)]
    assert len(set(drawn)) == 20
    assert drawn == [second.uuid() for _ in range(20)]
    assert first.count == second.count == 20


@given(seeds, st.integers(0, 1000), st.integers(0, 1000))
def test_entries_of_a_batch_draw_apart(seed: bytes, first: int, second: int) -> None:
    drawn = [Draws(entry_seed(seed, index)).uuid() for index in (first, second)]
    assert (drawn[0] == drawn[1]) == (first == second)


def test_every_question_has_an_opcode_of_its_own_and_answers_with_its_type() -> None:
    assert not set(QUESTIONS_BY_OPCODE) & {primitive.opcode for primitive in PRIMITIVES.values()}
    assert len(QUESTIONS) == len(QUESTIONS_BY_OPCODE)
    for question in QUESTIONS.values():
        answer = question.answer(occasion(), *range(len(question.operands)))
        assert conforms(question.result, answer)
        assert bool(question.traps) == bool(question.operands)
