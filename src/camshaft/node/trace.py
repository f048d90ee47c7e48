"""What a node tells whoever watches it.

`camshaft serve --trace` prints for each input what came in, what went out, and the state after it. While the trace is
on, the node commits each input by itself, so that the state shown is the one right after it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Final

from camshaft.runtime.engine import Engine
from camshaft.runtime.outcomes import Outcome
from camshaft.runtime.showing import shown
from camshaft.values.address import Address

_MOST_TOLD: Final = 4
"""Changes of a machine that may have come by themselves in one batch: a wave, or the end, and going back."""

log: Final = logging.getLogger(__name__)


class Trace:
    """Writes the trace of a node, a block of lines for each input and one line for each change of a program."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    def stepped(self, address: Address, method: str, arguments: Sequence[str], outcome: Outcome, state: str) -> None:
        """One input and what became of it: its arguments and the state after it as JSON."""
        called = " ".join((str(address), method, *arguments))
        self._write(f"Input:     {called}\nOutput:    {shown(outcome)}\nNew state: {state}\n")

    def changed(self, outcome: Outcome) -> None:
        """A deployment, an upgrade or a rollback."""
        self._write(f"{shown(outcome)}\n")


def tell_changes(engine: Engine, since: int) -> None:
    """Tell whoever watches a node, traced or not, what rollouts did by themselves since a position, as inputs came."""
    for machine in engine.machines.values():
        for record in machine.history[-_MOST_TOLD:]:
            if record.position >= since:
                log.warning("%s, at position %d: %s", machine.name, record.position, record.outcome)
