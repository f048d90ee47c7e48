"""The health of a wave of a rollout: what both versions did with the same inputs, and whether that is acceptable.

Rule: nothing in this file knows of time, instances or programs' code. Whether a rollout goes on is a function of what
was counted, and of the rollout's own terms.

An input is held against the new version where it traps there, where it is refused there and done by the old version,
and where the two answer differently although nobody said that they would. Where the old version traps, nothing is held
against the new one. An input that the old version has no form of cannot be compared: its trap counts, its refusal does
not, since what is new may refuse.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from camshaft.bytecode.rollback import Example, InputLosses, Loss
from camshaft.bytecode.rollout import ALL, Rollout, percent
from camshaft.runtime.outcomes import Outcome, RefusedBy, Returned, StaleInput, Trapped
from camshaft.values.codec import encode


class Health:
    """What was counted in one wave."""

    __slots__ = ("declared", "different", "inputs", "refusals", "terms", "traps", "unfit")

    def __init__(self, terms: Rollout) -> None:
        self.terms = terms
        self.inputs = 0
        """All inputs of instances that run the new version."""
        self.unfit = Loss()
        """Those that the old version has no form of."""
        self.traps = Loss()
        self.refusals = Loss()
        self.different = Loss()
        self.declared = Loss()
        """Those answered differently, as was said that they may be."""

    def copy(self) -> Health:
        """The same counts, which go on by themselves."""
        copy = Health(self.terms)
        copy.inputs = self.inputs
        for name in ("unfit", "traps", "refusals", "different", "declared"):
            setattr(copy, name, replace(getattr(self, name)))
        return copy

    @property
    def compared(self) -> int:
        """How many inputs both versions ran."""
        return self.inputs - self.unfit.count

    @property
    def is_judged(self) -> bool:
        """Whether enough inputs came to say that the wave is healthy. Silence is never success."""
        return self.compared >= self.terms.enough

    def differs(self, method: str, told: Outcome, old: Outcome, example: Callable[[], Example]) -> bool:
        """Count an input of which the two versions made something else, and tell whether it is held against the new
        one."""
        if isinstance(old, StaleInput):
            _count(self.unfit, example)
        against = self._against(method, told, old)
        if against is None:
            return False
        _count(against, example)
        return against is not self.declared

    def _against(self, method: str, told: Outcome, old: Outcome) -> Loss | None:
        if isinstance(old, Trapped):
            return None
        if isinstance(told, Trapped):
            return self.traps
        if isinstance(told, StaleInput) or isinstance(old, StaleInput):
            return None
        if isinstance(told, RefusedBy) and isinstance(old, Returned):
            return self.refusals
        return self.declared if method in self.terms.different else self.different

    def failure(self) -> str | None:
        """Why the wave is not acceptable; None where it is."""
        terms, inputs = self.terms, self.inputs
        for found, allowed, what in (
            (self.traps, terms.traps, "trapped where the old version does not"),
            (self.refusals, terms.refusals, "refused where the old version does not"),
            (self.different, 0, "answered otherwise than by the old version, undeclared"),
        ):
            # A rate of a few inputs says little: it is judged as though there had been enough of them.
            if found.count * ALL > allowed * max(inputs, terms.enough):
                first = found.first
                assert first is not None
                where = f"{first.instance} {first.method} at position {first.position}"
                said = f"{found.count} of {inputs} inputs {what} (allowed: {percent(allowed)}; first: {where})"
                return f"{said}{self._apart()}"
        return None

    def _apart(self) -> str:
        """What may be why the versions differ, though neither does wrong: the states of the two have come apart."""
        count = self.unfit.count
        if not count:
            return ""
        inputs = "1 input, which the old version has" if count == 1 else f"{count} inputs, which the old version has"
        return f"; only the new version ran {inputs} no form of"


def is_same(told: Outcome, old: Outcome) -> bool:
    """Whether two versions made the same of an input, as far as its caller can tell.

    Results of two types are not compared: the plan of the upgrade has said that they differ. Nor are the messages of
    traps, which are for people.
    """
    match told, old:
        case Returned(), Returned():
            if told.type is not old.type:
                return True
            # Equal is not enough: 0.0 and -0.0 are, and maps in another order.
            return told.value is old.value or encode(told.type, told.value) == encode(old.type, old.value)
        case RefusedBy(), RefusedBy():
            if (told.name, told.payload_type) != (old.name, old.payload_type):
                return False
            return encode(told.payload_type, told.payload) == encode(old.payload_type, old.payload)
        case Trapped(), Trapped():
            return told.kind == old.kind
        case StaleInput(), StaleInput():
            return True
    return False


def lost(losses: InputLosses, told: Outcome, old: Outcome) -> Loss | None:
    """Which loss of going back an input is whose outcomes differ, where it is one."""
    if isinstance(told, Returned):
        match old:
            case StaleInput():
                return losses.unfit
            case RefusedBy():
                return losses.refused
            case Trapped():
                return losses.trapped
    return None if isinstance(old, StaleInput) else losses.different


def _count(loss: Loss, example: Callable[[], Example]) -> None:
    loss.count += 1
    if loss.first is None:
        loss.first = example()
