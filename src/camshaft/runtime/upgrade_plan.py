"""What a node finds out about an upgrade before it is done: how long it takes, and whom it still serves.

The migration has been checked by then. Here it runs once more, on a sample, to be timed; where the upgrade brings a
downgrade, that runs on what came out, to see whether it gives back what there was. Only a plan does that; the fold
never, which reads no clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from camshaft.bytecode.interfaces import difference
from camshaft.errors import Rejected
from camshaft.runtime.catalog import Catalog, Loaded
from camshaft.runtime.upgrade import CheckedUpgrade
from camshaft.values.codec import encode

SAMPLE: Final = 1_000
"""How many instances are tried: enough for a mean, and little beside the rehearsal on all that a partial one has."""
MOST_S: Final = 0.05
"""How long instances are tried, in seconds: inputs wait meanwhile. The one that is begun is finished."""
_MOST_VERSIONS: Final = 20


@dataclass(frozen=True, slots=True)
class Served:
    """A version that ran before: how many methods it has, and why inputs made for some of them no longer fit."""

    id: str
    methods: int
    broken: dict[str, str]


@dataclass(frozen=True, slots=True)
class UpgradePlan:
    """A checked upgrade, and what was found out. `sample_us`: what the sample took, in microseconds."""

    checked: CheckedUpgrade
    sample: int
    sample_us: int
    given_back: int | None
    served: list[Served]

    @property
    def waits(self) -> bool:
        """Whether inputs may have to wait: for all instances, or, of an upgrade that is prepared, for those that change
        meanwhile. Else each follows at its next use."""
        return self.checked.states is not None or self.checked.prepared is not None


def plan_upgrade(catalog: Catalog, checked: CheckedUpgrade, clock_s: Callable[[], float]) -> UpgradePlan:
    """Try a checked upgrade on a sample of the instances. `clock_s` gives seconds, from anywhere.

    Raises `Rejected` where the migration runs out of fuel on one.
    """
    machine, code = checked.machine, checked.code
    sample: list[tuple[str | None, object]] = []
    migrated: list[object] = []
    began_s, took_s = clock_s(), 0.0
    if code is not None:
        for state in islice(machine.states(), SAMPLE):
            migrated += code.of_all(machine.name, [state])
            sample.append(state)
            took_s = clock_s() - began_s
            if took_s >= MOST_S:
                break
    given_back = None
    if code is not None and checked.downgrade is not None:
        given_back = sum(map(_is_given_back(checked), sample, migrated))
    return UpgradePlan(checked, len(sample), int(took_s * 1_000_000), given_back, _served(catalog, checked))


def _is_given_back(checked: CheckedUpgrade) -> Callable[[tuple[str | None, object], object], bool]:
    back, name, type_ = checked.downgrade, checked.machine.name, checked.before.state_type
    assert back is not None

    def is_given_back(before: tuple[str | None, object], after: object) -> bool:
        key, was = before
        try:
            (again,) = back.of_all(name, [(key, after)])
        except Rejected:
            return False
        return encode(type_, again) == encode(type_, was)

    return is_given_back


def _served(catalog: Catalog, checked: CheckedUpgrade) -> list[Served]:
    """The versions that ran before, the last one first, and what becomes of their clients' calls."""
    ran = [record.to_id for record in reversed(checked.machine.history) if record.changed_program]
    earlier = [id_ for id_ in dict.fromkeys(ran) if id_ != checked.after.id][:_MOST_VERSIONS]
    return [_compared(catalog.programs[id_], checked.after) for id_ in earlier]


def _compared(old: Loaded, new: Loaded) -> Served:
    before, after = old.verified.program, new.verified.program
    names = [method.name for method in before.methods]
    found = {name: difference(before, after, name) for name in names}
    return Served(old.id, len(names), {name: reason for name, reason in found.items() if reason is not None})
