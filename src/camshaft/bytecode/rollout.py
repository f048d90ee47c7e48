"""How an upgrade is rolled out, as data that travels in it: to whom, in which waves, and what stops it.

    {"shares": [50000, 250000, 1000000], "period": 600000000, "traps": 0, "refusals": 10000, "enough": 100,
     "different": ["total"]}

Shares and rates are in parts per million, so that no node ever computes with fractions; times are in microseconds. A
trial is a rollout to all instances at once, a canary one to a share of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Final

import msgspec
from msgspec import Struct

from camshaft.errors import Rejected

ALL: Final = 1_000_000
"""The share of all instances; and the rate of all inputs."""
ENOUGH: Final = 100
"""How many inputs both versions must have run before a wave can be told healthy, unless a rollout says so."""
ACTIONS: Final = ("grow", "hold", "resume", "confirm")
"""What can be done about a rollout under way. Going back is a rollback."""

_MOST_WAVES: Final = 100
_MOST_METHODS: Final = 1024
_MOST_PERIOD_US: Final = 366 * 24 * 3600 * 1_000_000
_MOST_ENOUGH: Final = 10**9
_MOST_NAME: Final = 100


class Rollout(Struct, frozen=True, forbid_unknown_fields=True):
    """How an upgrade is rolled out. Made by `trial` and `canary`, or read from an upgrade by `rollout_of`."""

    shares: tuple[int, ...]
    """The share of the instances that run the new version in each wave, growing."""
    period: int | None
    """For how long a wave is watched, in microseconds, before the next one begins; None: until somebody says so."""
    traps: int
    """The allowed rate of inputs that trap under the new version and do not under the old one."""
    refusals: int
    """The allowed rate of inputs that the new version refuses and the old one does not."""
    enough: int
    """How many inputs both versions must have run in a wave; a rate is judged as though there were at least so many."""
    different: tuple[str, ...]
    """The methods whose answers may differ, sorted."""

    @staticmethod
    def trial(
        period: timedelta,
        *,
        allow_traps: float = 0.0,
        allow_refusals: float = 0.0,
        expect_different: Iterable[str] = (),
        enough: int = ENOUGH,
    ) -> Rollout:
        """All instances at once, the old version beside the new one for a period.

        `allow_traps`, `allow_refusals`: rates, 0.01 is one input in a hundred. Raises `Rejected` where a value is none.
        """
        limits = (allow_traps, allow_refusals, expect_different, enough)
        return _made([1.0], period, *limits)

    @staticmethod
    def canary(
        *shares: float,
        every: timedelta | None = None,
        allow_traps: float = 0.0,
        allow_refusals: float = 0.0,
        expect_different: Iterable[str] = (),
        enough: int = ENOUGH,
    ) -> Rollout:
        """A share of the instances first, 0.05 is one in twenty, and more in each further wave.

        `every`: how long a wave is watched before the next one; None: until somebody says so. The other arguments, and
        what is raised, are those of `trial`.
        """
        return _made(shares, every, allow_traps, allow_refusals, expect_different, enough)

    @property
    def is_trial(self) -> bool:
        """Whether all instances run the new version from the start."""
        return self.shares[0] == ALL

    def fields(self) -> dict[str, Any]:
        """The rollout as it travels."""
        return {
            "shares": list(self.shares),
            "period": self.period,
            "traps": self.traps,
            "refusals": self.refusals,
            "enough": self.enough,
            "different": list(self.different),
        }

    def text(self) -> str:
        """The rollout in a few words, for a plan."""
        shares = ", ".join(map(percent, self.shares))
        waves = "trial: all instances at once" if self.is_trial else f"canary: {shares} of the instances"
        period = "" if self.period is None else f", {'for' if self.is_trial else 'each for'} {duration(self.period)}"
        limits = [f"traps {percent(self.traps)}", f"refusals {percent(self.refusals)}"]
        if self.different:
            limits.append(f"different answers of {', '.join(self.different)}")
        return f"{waves}{period}; allowed: {'; '.join(limits)}; judged on {self.enough} inputs"


def rollout_of(fields: object) -> Rollout:
    """The rollout that an upgrade carries. Raises `Rejected` where it is none."""
    try:
        rollout = msgspec.convert(fields, Rollout, strict=True)
    except (msgspec.ValidationError, ValueError) as error:
        raise Rejected(f"malformed bytes where the rollout of an upgrade should be: {error}") from None
    check_rollout(rollout)
    return rollout


def check_rollout(rollout: Rollout) -> None:
    """Raises `Rejected` where a rollout is not one that a node would follow."""
    shares = rollout.shares
    if not 0 < len(shares) <= _MOST_WAVES:
        raise Rejected(f"a rollout has from 1 to {_MOST_WAVES} waves, not {len(shares)}")
    if list(shares) != sorted(set(shares)) or not 0 < shares[0] <= shares[-1] <= ALL:
        raise Rejected(f"the waves of a rollout grow, from more than 0 to at most 100 %: not {_listed(shares)}")
    if rollout.period is not None and not 0 < rollout.period <= _MOST_PERIOD_US:
        raise Rejected("a wave of a rollout is watched for more than no time, and at most a year")
    for what, rate in (("traps", rollout.traps), ("refusals", rollout.refusals)):
        if not 0 <= rate <= ALL:
            raise Rejected(f"the allowed rate of {what} is from 0 to 100 %, not {percent(rate)}")
    if not 0 < rollout.enough <= _MOST_ENOUGH:
        raise Rejected(f"a rollout is judged on from 1 to {_MOST_ENOUGH} inputs, not {rollout.enough}")
    names = rollout.different
    if len(names) > _MOST_METHODS or any(len(name) > _MOST_NAME for name in names):
        raise Rejected(f"a rollout names at most {_MOST_METHODS} methods, of at most {_MOST_NAME} characters each")
    if list(names) != sorted(set(names)):
        raise Rejected("the methods whose answers may differ are sorted, each there once")


def percent(millionths: int) -> str:
    """A share or a rate as people read it."""
    return f"{millionths / 10_000:g} %"


def duration(microseconds: int) -> str:
    """A time as people read it."""
    seconds = microseconds / 1_000_000
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= length and seconds % length == 0:
            return f"{seconds / length:g}{unit}"
    return f"{seconds:g}s"


def _made(
    shares: Sequence[float],
    period: timedelta | None,
    allow_traps: float,
    allow_refusals: float,
    expect_different: Iterable[str],
    enough: int,
) -> Rollout:
    made = Rollout(
        shares=tuple(round(share * ALL) for share in shares),
        period=None if period is None else round(period / timedelta(microseconds=1)),
        traps=round(allow_traps * ALL),
        refusals=round(allow_refusals * ALL),
        enough=enough,
        different=tuple(sorted(set(expect_different))),
    )
    check_rollout(made)
    return made


def _listed(shares: Iterable[int]) -> str:
    return ", ".join(map(percent, shares))
