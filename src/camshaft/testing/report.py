"""What an upgrade that fails a check says: where, after which inputs, and both states beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from camshaft.values.difference import differences
from camshaft.values.types import Type
from camshaft.values.view import to_json

_MOST_INPUTS: Final = 30
_LONGEST: Final = 2_000
"""Characters of a state that are shown."""


@dataclass(frozen=True)
class Sides:
    """Two states that are to be seen beside each other, each with its type and what it is called."""

    names: tuple[str, str]
    one: tuple[Type, Any]
    other: tuple[Type, Any]

    def lines(self) -> Iterator[str]:
        """Both states, and where they differ."""
        width = max(map(len, self.names))
        for name, (type_, value) in zip(self.names, (self.one, self.other), strict=True):
            text = to_json(type_, value)
            yield f"  {name:{width}}: {text if len(text) <= _LONGEST else text[:_LONGEST] + '…'}"
        found = differences(*self.one, *self.other)
        if found:
            yield "  differences:"
            yield from (f"    {difference}" for difference in found)


@dataclass(frozen=True)
class Failure:
    """A check that an upgrade fails at a position.

    `kind` names the check, for whoever looks for a smaller sequence with the same failure; `inputs` are those that were
    made, `position` how many of them before the upgrade.
    """

    kind: str
    reason: str
    position: int
    inputs: Sequence[str]
    sides: Sides | None = None

    def text(self, upgrade: str) -> str:
        """The report."""
        return "\n".join(self._lines(upgrade))

    def _lines(self, upgrade: str) -> Iterator[str]:
        yield f"{upgrade} fails at position {self.position}: {self.reason}"
        if not self.inputs:
            yield "  inputs: none, it fails on an instance that has just begun, or on none"
        else:
            yield "  inputs:"
            left_out = max(0, len(self.inputs) - _MOST_INPUTS)
            if left_out:
                yield f"    … {left_out} more"
            for number, shown in enumerate(self.inputs[left_out:], left_out):
                if number == self.position:
                    yield "    -- the upgrade --"
                yield f"    {shown}"
        if self.position >= len(self.inputs):
            yield "    -- the upgrade --"
        if self.sides is not None:
            yield from self.sides.lines()


class UpgradeFailed(AssertionError):
    """An upgrade that fails a check: at which position, and after which inputs.

    `kind` is `upgrade` (it does not happen), `invariant`, `downgrade`, `reversible`, `answers`.
    """

    def __init__(self, upgrade: str, failure: Failure) -> None:
        super().__init__(failure.text(upgrade))
        self.kind = failure.kind
        self.position = failure.position
        self.inputs = list(failure.inputs)
