"""What a node finds out about an upgrade before it is done: how long it takes, who waits, and whom it still serves.

The migration runs on a sample of the instances, with the invariants of the new version, to be timed; where the upgrade
brings a downgrade, that runs on what came out, to see whether it gives back what there was. What can fail is prepared,
as for the upgrade itself. All of it goes an instance at a time while inputs go on: a plan holds up nobody. Only a plan
does that; the fold never, which reads no clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from camshaft.bytecode.interfaces import difference
from camshaft.bytecode.upgrade import Upgrade
from camshaft.errors import Rejected
from camshaft.runtime.catalog import Catalog, Loaded
from camshaft.runtime.instances import Machine
from camshaft.runtime.invariants import check_states
from camshaft.runtime.preparation import Preparation
from camshaft.runtime.upgrade import CheckedUpgrade, check_code
from camshaft.values.codec import encode

SAMPLE: Final = 1_000
"""How many instances are tried: enough for a mean."""
MOST_S: Final = 0.05
"""How long instances are tried, in seconds. The one that is begun is finished."""
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
    """Of the sample, how many the downgrade gave back exactly; None where there is none."""
    held: int
    """For how many instances inputs would wait at the swap, were it now: those that changed while it was prepared."""
    served: list[Served]

    @property
    def waits(self) -> bool:
        """Whether inputs may have to wait: for instances that change while the upgrade is prepared. Else each follows
        at its next use."""
        return self.checked.can_fail


class Planning:
    """An upgrade that is being planned. `clock_s` gives seconds, from anywhere."""

    def __init__(
        self, catalog: Catalog, machines: dict[str, Machine], upgrade: Upgrade, clock_s: Callable[[], float]
    ) -> None:
        """Raises `Rejected` where the upgrade is not acceptable whatever the states are."""
        self._catalog = catalog
        self._clock_s = clock_s
        self._checked = checked = check_code(catalog, machines, upgrade)
        changes_something = checked.migration or bool(checked.after.invariants)
        self._tried, self._sample, self._took_s, self._given_back = 0, 0, 0.0, 0
        self._last = min(SAMPLE, checked.machine.places) if changes_something else 0
        self._preparation = None
        if checked.can_fail:
            self._preparation = Preparation(checked.machine, checked.after, checked.code, upgrade)

    def advance(self) -> bool:
        """Try one instance; whether there are more. Raises `Rejected` where the upgrade fails on it."""
        machine = self._checked.machine
        if self._tried < min(self._last, machine.places) and self._took_s < MOST_S:
            key = machine.key_at(self._tried)
            self._tried += 1
            # A place may have been left.
            if key in machine.keys:
                self._try(key)
            return True
        return self._preparation is not None and self._preparation.advance()

    def _try(self, key: str | None) -> None:
        checked = self._checked
        before = list(checked.machine.states_of([key]))
        began_s = self._clock_s()
        after = before if checked.code is None else [(key, *checked.code.of_all(checked.machine.name, before))]
        check_states(checked.after, checked.machine.name, after)
        self._took_s += self._clock_s() - began_s
        self._sample += 1
        if checked.downgrade is not None:
            self._given_back += self._gives_back(key, before[0][1], after[0][1])

    def _gives_back(self, key: str | None, was: Any, becomes: Any) -> bool:
        checked = self._checked
        assert checked.downgrade is not None
        try:
            (again,) = checked.downgrade.of_all(checked.machine.name, [(key, becomes)])
        except Rejected:
            return False
        type_ = checked.before.state_type
        return encode(type_, again) == encode(type_, was)

    @property
    def found(self) -> UpgradePlan:
        """What was found out, when there is nothing more to try."""
        checked, preparation = self._checked, self._preparation
        given_back = None if checked.downgrade is None or not checked.migration else self._given_back
        held = 0 if preparation is None else preparation.missing
        served = _served(self._catalog, checked)
        return UpgradePlan(checked, self._sample, int(self._took_s * 1_000_000), given_back, held, served)

    def close(self) -> None:
        """Let go of what was prepared."""
        if self._preparation is not None:
            self._preparation.close()


def _served(catalog: Catalog, checked: CheckedUpgrade) -> list[Served]:
    """The versions that ran before, the last one first, and what becomes of their clients' calls."""
    ran = [record.to_id for record in reversed(checked.machine.history) if record.changed_program]
    earlier = [id_ for id_ in dict.fromkeys(ran) if id_ != checked.after.id][:_MOST_VERSIONS]
    return [_compared(catalog.programs[id_], checked.after) for id_ in earlier]


def _compared(old: Loaded, new: Loaded) -> Served:
    before, after = old.verified.program, new.verified.program
    names = [method.name for method in before.public_methods]
    found = {name: difference(before, after, name) for name in names}
    return Served(old.id, len(names), {name: reason for name, reason in found.items() if reason is not None})
