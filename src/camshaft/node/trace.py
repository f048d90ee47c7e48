"""What `camshaft serve --trace` prints: for each input what came in, what went out, and the state after it.

It is for people who watch one node at work. While it is on, the node commits each input by itself, so that the state
shown is the one right after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, assert_never

from camshaft.errors import Where
from camshaft.runtime.outcomes import (
    Deployed,
    Outcome,
    RefusedBy,
    Returned,
    Set,
    StaleInput,
    Trapped,
    Upgraded,
    Void,
)
from camshaft.values.address import Address
from camshaft.values.types import Type
from camshaft.values.view import to_json


class Trace:
    """Writes the trace of a node, a block of lines for each input and one line for each change of a program."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    def stepped(self, address: Address, method: str, arguments: Sequence[str], outcome: Outcome, state: str) -> None:
        """One input and what became of it: its arguments and the state after it as JSON."""
        called = " ".join((str(address), method, *arguments))
        self._write(f"Input:     {called}\nOutput:    {shown(outcome)}\nNew state: {state}\n")

    def changed(self, outcome: Outcome) -> None:
        """A deployment or an upgrade."""
        self._write(f"{shown(outcome)}\n")


def arguments_shown(domain: Sequence[tuple[str, Type]], arguments: Sequence[Any]) -> list[str]:
    """The arguments of an input as JSON, one by one."""
    return [to_json(type_, value) for (_, type_), value in zip(domain, arguments, strict=True)]


def shown(outcome: Outcome) -> str:
    """An outcome as people read it."""
    match outcome:
        case Returned():
            return to_json(outcome.type, outcome.value)
        case RefusedBy():
            return f"refused: {outcome.name} {to_json(outcome.payload_type, outcome.payload)}{_at(outcome.where)}"
        case Trapped():
            return f"trap: {outcome.kind}: {outcome.message}{_at(outcome.where)}"
        case StaleInput():
            return f"stale: {outcome.reason}"
        case Deployed():
            return f"Deployed {outcome.machine} {outcome.program_id[:12]}"
        case Set():
            return f"Setting: {outcome.machine} has {outcome.fuel} units of fuel for each input"
        case Upgraded():
            instances = "1 instance" if outcome.migrated == 1 else f"{outcome.migrated} instances"
            return (
                f"Upgrade successful! {outcome.machine} {outcome.from_id[:12]} -> {outcome.to_id[:12]} "
                f"at position {outcome.position}, {instances} migrated"
            )
        case Void():
            return f"No change: {outcome.reason}"
        case _:
            assert_never(outcome)


def _at(where: Where | None) -> str:
    return "" if where is None else f" ({where})"
