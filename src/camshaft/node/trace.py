"""What `camshaft serve --trace` prints: for each input what came in, what went out, and the state after it.

It is for people who watch one node at work. While it is on, the node commits each input by itself, so that the state
shown is the one right after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from camshaft.runtime.outcomes import Outcome
from camshaft.runtime.showing import shown
from camshaft.values.address import Address


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
