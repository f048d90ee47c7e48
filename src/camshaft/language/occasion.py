"""What a machine may ask of its step: the time, random numbers, its own key. Plain Python that works without a node.

On a node the answers come from the journal, so that every replica and every replay has the same. In plain Python they
come from the system, or from the innermost `fixed` block. A test that runs a machine once as plain Python and once as
bytecode, each within a block of the same seed, sees the same values drawn.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextvars import ContextVar, Token
from datetime import datetime
from types import TracebackType
from typing import Final, TypeAlias

from camshaft.bytecode.occasion import Draws, Occasion
from camshaft.values.times import from_datetime, to_datetime

Clock: TypeAlias = datetime | Callable[[], datetime]
"""A moment that knows its zone, or what gives one."""
Seed: TypeAlias = int | bytes

_SEED_BYTES: Final = 16
_around: ContextVar[Occasion | None] = ContextVar("_around", default=None)


def now() -> datetime:
    """The time, in UTC. All of a step on a node happens at one time, that of its entry in the journal."""
    return to_datetime(current_occasion().time_us)


def random() -> float:
    """A random float: at least 0, below 1, of 53 bits."""
    return current_occasion().draws.random()


def randrange(start: int, stop: int | None = None, /) -> int:
    """A random integer in `range(start)`, or in `range(start, stop)`: each as likely as any other.

    Raises:
        ValueError: there is none.
    """
    draws = current_occasion().draws
    return draws.between(0, start) if stop is None else draws.between(start, stop)


def randint(a: int, b: int) -> int:
    """A random integer from a to b, both included: each as likely as any other.

    Raises:
        ValueError: b is less than a.
    """
    return current_occasion().draws.between(a, b + 1)


def uuid() -> str:
    """A random UUID of version 4, as text: `"4b2e2286-399c-4e69-8d1c-5fe9ff52498c"`."""
    return current_occasion().draws.uuid()


def key() -> str:
    """The key of the instance that the step runs on: `alice` for the address `cart/alice`, "" for one without a key."""
    return current_occasion().key


def current_occasion() -> Occasion:
    """That of the innermost `fixed` block; without one, the system's clock, fresh random numbers, and no key."""
    around = _around.get()
    return _system_occasion() if around is None else around


def _system_occasion() -> Occasion:
    return Occasion(time.time_ns() // 1000, "", Draws(os.urandom(_SEED_BYTES)))


class FixedOccasion:
    """A context manager that fixes what machines are told. See `fixed`."""

    __slots__ = ("_draws", "_key", "_now", "_tokens")

    def __init__(self, now: Clock | None, seed: Seed | None, key: str | None) -> None:
        self._now = now
        self._draws = None if seed is None else Draws(seed if isinstance(seed, bytes) else str(seed).encode())
        self._key = key
        self._tokens: list[Token[Occasion | None]] = []

    def occasion(self) -> Occasion:
        """What a step that begins now is told: what was given, and of the rest what is told here anyway.

        Raises:
            ValueError: the time given does not know its zone.
        """
        around = current_occasion()
        time_us, key, draws = around
        if self._now is not None:
            moment = self._now if isinstance(self._now, datetime) else self._now()
            if moment.utcoffset() is None:
                raise ValueError(f"{moment!r} does not know its zone: write `datetime(…, tzinfo=UTC)`")
            time_us = from_datetime(moment)
        return Occasion(time_us, key if self._key is None else self._key, self._draws or draws)

    def __enter__(self) -> FixedOccasion:
        self._tokens.append(_around.set(self.occasion()))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        _around.reset(self._tokens.pop())


def fixed(*, now: Clock | None = None, seed: Seed | None = None, key: str | None = None) -> FixedOccasion:
    """Fix what machines are told within a `with` block, for tests.

        with cam.fixed(now=datetime(2026, 1, 31, tzinfo=UTC), seed=7, key="alice"):
            cart.checkout()

    `now` is a moment that knows its zone, or a function that gives one: it is asked when the block begins, and the time
    stands still within it, as it does within a step. `seed` is what the random numbers come from. What is not given is
    as it is around the block, the time as it is when the block begins. The object can be used for several blocks one
    after the other: each draws on from where the one before it stopped.
    """
    return FixedOccasion(now, seed, key)
