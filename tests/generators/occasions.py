"""Occasions of steps for tests: the same time, key and random numbers whenever they are asked for."""

from __future__ import annotations

from camshaft.bytecode.occasion import Draws, Occasion

TIME_US = 1_769_860_800_000_000
"""2026-01-31T12:00:00Z"""
KEY = "alice"
SEED = b"a seed"


def occasion(seed: bytes = SEED, *, time_us: int = TIME_US, key: str = KEY) -> Occasion:
    """An occasion that nothing was drawn from yet."""
    return Occasion(time_us, key, Draws(seed))
