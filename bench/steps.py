"""The time of one step, without node, journal and socket, and what it takes to get to the first one."""

from __future__ import annotations

from collections.abc import Iterator

import compiling
import libraries
import loading
import machine_steps
import state_size
import trials
from figures import Table


def measure(rounds: int) -> Iterator[Table]:
    """All tables of this section, each as soon as it is there."""
    yield machine_steps.measure(rounds)
    yield libraries.measure(rounds)
    yield loading.measure(rounds)
    yield trials.measure(rounds)
    yield compiling.measure(max(1, rounds // 3))
    yield state_size.measure(rounds)
