"""Timing: one piece of work, or two contenders that take the same steps in alternating rounds.

Each ratio is that of one round, so that what else the machine does hits both sides. Times are those of this process
only, without the garbage collector.
"""

from __future__ import annotations

import gc
import time
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from figures import Figure


@dataclass(frozen=True, slots=True)
class Contest:
    """What one step takes each of two contenders."""

    first_ns: Figure
    second_ns: Figure
    ratio: Figure
    """The second over the first, round by round."""


def contest(
    drive: Callable[[Any, Sequence[Any]], None],
    first: Callable[[], Any],
    second: Callable[[], Any],
    inputs: Sequence[Any],
    rounds: int,
    fewer: Sequence[Any] | None = None,
) -> Contest:
    """Both take the same steps from a new machine on, in each round; the first round warms up and is not counted.

    `drive` makes one call for each input; `first` and `second` make the machines. `fewer`: what the second one takes,
    where it is so much slower that as many steps as the first one needs for a round worth timing would take too long.
    """
    sides = [(first, own_copy(drive), inputs), (second, own_copy(drive), inputs if fewer is None else fewer)]
    runs = []
    for number in range(rounds + 1):
        times = [0.0, 0.0]
        # Who goes first changes, so that neither always finds the caches as the other leaves them.
        for which in (0, 1) if number % 2 else (1, 0):
            make, driver, steps = sides[which]
            times[which] = time_ns(partial(driver, make(), steps)) / len(steps)
        runs.append(times)
    counted = runs[1:]
    return Contest(
        Figure(tuple(one for one, _ in counted)),
        Figure(tuple(other for _, other in counted)),
        Figure(tuple(other / one for one, other in counted)),
    )


def time_ns(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> int:
    """What one run takes of this process's time. What must be done just before it is not timed."""
    gc.collect()
    gc.disable()
    try:
        before()
        started = time.process_time_ns()
        work()
        return time.process_time_ns() - started
    finally:
        gc.enable()


def own_copy(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function with code of its own: CPython specialises the code of a call for what it called before."""
    assert isinstance(function, types.FunctionType)
    code, name = function.__code__.replace(), function.__name__
    return types.FunctionType(code, function.__globals__, name, function.__defaults__, function.__closure__)
