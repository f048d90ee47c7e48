"""How a rollout stands, as data: a node says so, and whoever asked reads it, as text or JSON.

Nothing here decides anything: the fold does, and what it will do next is told here for people.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from msgspec import Struct

from camshaft.bytecode.rollback import Loss, loss_lines
from camshaft.bytecode.rollout import ALL, Rollout, duration, percent
from camshaft.errors import Rejected

_SHORT_ID_DIGITS: Final = 12
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class RolloutReport(Struct, frozen=True):
    """A rollout under way. Shares and rates are in parts per million, times in microseconds since 1970, UTC."""

    machine: str
    from_id: str
    to_id: str
    upgrade: int
    """The position of the upgrade in the journal."""
    terms: Rollout
    share: int
    following: int | None
    """The share of the next wave, None after the last one."""
    held: bool
    since: int
    """When the wave began."""
    now: int
    instances: int
    """How many instances run the new version."""
    of: int
    """How many there are."""
    inputs: int
    """How many inputs those instances had in this wave."""
    compared: int
    """How many of them both versions ran."""
    traps: Loss
    refusals: Loss
    different: Loss
    declared: Loss
    unfit: Loss
    """In this wave; see `runtime.health`."""

    @property
    def verdict(self) -> str:
        """`watching`, `healthy`, or `inconclusive`: the wave's time is over, and too few inputs came to tell."""
        is_over = self.terms.period is not None and self.now - self.since >= self.terms.period
        if self.compared < self.terms.enough:
            return "inconclusive" if is_over else "watching"
        return "healthy" if is_over or self.terms.period is None else "watching"

    def json(self) -> str:
        """The report as JSON text."""
        return msgspec.json.encode({"verdict": self.verdict, **msgspec.structs.asdict(self)}).decode()

    def text(self) -> str:
        """The report as people read it."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        from_, to = self.from_id[:_SHORT_ID_DIGITS], self.to_id[:_SHORT_ID_DIGITS]
        yield f"rollout of {self.machine} {from_} -> {to}, the upgrade at position {self.upgrade}"
        yield f"  share:     {percent(self.share)}: {self.instances} of {self.of} instances run the new version"
        period = self.terms.period
        watched = "" if period is None else f", watched for {duration(period)}"
        yield f"  wave:      since {_shown(self.since)}{watched}{', held' if self.held else ''}"
        yield f"  inputs:    {self.inputs}, of which both versions ran {self.compared}; {self.terms.enough} are enough"
        yield f"  verdict:   {self.verdict}"
        against = [
            *loss_lines(self.traps, f"trapped where the old version does not (allowed: {percent(self.terms.traps)})"),
            *loss_lines(
                self.refusals, f"refused where the old version does not (allowed: {percent(self.terms.refusals)})"
            ),
            *loss_lines(self.different, "answered otherwise than by the old version, undeclared"),
        ]
        yield "  against it:" if against else "  against it: nothing"
        yield from against
        beside = [
            *loss_lines(self.declared, "answered otherwise, as declared"),
            *loss_lines(self.unfit, "that the old version has no form of: lost by going back"),
        ]
        if beside:
            yield "  besides:"
        yield from beside
        yield f"  next:      {self.next()}"

    def next(self) -> str:
        """What happens next, and what brings it about."""
        by_itself = self.terms.period is not None and not self.held
        if self.following is not None:
            what = f"{percent(self.following)} of the instances"
            return f"{what}, by itself once this is healthy" if by_itself else f"{what}, when it is told to grow"
        if self.share == ALL and by_itself:
            return "confirmed by itself once this is healthy"
        return "nothing, until it is confirmed, told to grow, or rolled back"


def report_from_json(text: str | bytes) -> RolloutReport:
    """The report that a node has sent. Raises `Rejected` where it is none."""
    try:
        return msgspec.json.decode(text, type=RolloutReport)
    except (msgspec.DecodeError, ValueError) as error:
        raise Rejected(f"the report of a rollout was due, and something else came: {error}") from None


def _shown(time_us: int) -> str:
    return (_EPOCH + timedelta(microseconds=time_us)).isoformat(timespec="seconds")
