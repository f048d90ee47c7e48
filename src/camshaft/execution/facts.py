"""What is known of integers by their names, at the point that is being translated.

A test that was passed says something of what it compared: behind `if elapsed > 0:` nothing has to be checked for being
far below zero. A variable that is set is as large as what it was set to. Facts hold on the way that they were learned
on; where ways meet, what all of them say is left, and of a variable that a loop sets nothing is known in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from camshaft.execution.bounds import Bounds, Known

_UNBOUNDED: Final = 1 << (1 << 15)
"""Beyond what any side of bounds is: this side of the fact says nothing."""
_OPPOSITE: Final = {
    "less": "greater_equal",
    "less_equal": "greater",
    "greater": "less_equal",
    "greater_equal": "less",
    "equal": "not_equal",
    "not_equal": "equal",
}
COMPARISONS: Final = frozenset(_OPPOSITE)
_MOST: Final = 50
"""How many names something is known of at a time: keeps hostile code linear."""

Version: TypeAlias = tuple[str, int]
"""A name, and which setting of it: what was learned of a variable before it was set says nothing of it."""


@dataclass(slots=True)
class State:
    """All that is known at a point: of names, of one minus another, and which setting of each variable is in force."""

    bounds: dict[str, Bounds] = field(default_factory=dict)
    differences: dict[tuple[Version, Version], Bounds] = field(default_factory=dict)
    settings: dict[str, int] = field(default_factory=dict)

    def copy(self) -> State:
        return State(dict(self.bounds), dict(self.differences), dict(self.settings))


@dataclass(frozen=True, slots=True)
class _Comparison:
    """What a name of a truth value stands for."""

    operation: str
    operands: tuple[Version, Version]
    bounds: tuple[Bounds, Bounds]


class Facts:
    """What is known at the point that the translation has come to."""

    def __init__(self, known: Known, *, looks_for_counters: bool) -> None:
        """`looks_for_counters`: of a variable that is set to what it was and something, that is what is told."""
        self._known = known
        self._looks_for_counters = looks_for_counters
        self._here = State()
        self._comparisons: dict[str, _Comparison] = {}
        self._negations: dict[str, str] = {}
        self._settings = 0

    def of(self, name: str, otherwise: Bounds) -> Bounds:
        """What is known of a name, of which in any case those bounds are true."""
        found = self._here.bounds.get(name)
        return otherwise if found is None else self._known.absolute(otherwise).narrowed(found)

    def of_difference(self, left: str, right: str, otherwise: Bounds) -> Bounds:
        """What is known of one name minus another."""
        found = self._here.differences.get((self._version(left), self._version(right)))
        return otherwise if found is None else self._known.absolute(otherwise).narrowed(found)

    def learn(self, name: str, bounds: Bounds) -> None:
        """A name is seen to be that large."""
        if bounds.base is None or not self._looks_for_counters:
            self._here.bounds[name] = self._known.absolute(bounds)
            _shorten(self._here.bounds)

    def forget(self, names: Iterable[str]) -> None:
        """Those variables are set, to something or other."""
        for name in names:
            self._here.bounds.pop(name, None)
            self._set(self._here, name)

    def compared(self, result: str, operation: str, names: tuple[str, str], bounds: tuple[Bounds, Bounds]) -> None:
        """A name stands for the comparison of two, of which those bounds are true."""
        left, right = names
        over, under = bounds
        self._comparisons[result] = _Comparison(
            operation,
            (self._version(left), self._version(right)),
            (self._known.absolute(over), self._known.absolute(under)),
        )

    def negated(self, result: str, name: str) -> None:
        """A name stands for another one's opposite."""
        self._negations[result] = name

    def assume(self, condition: str, *, holds: bool) -> None:
        """From here on a condition is known to hold, or not to."""
        while condition in self._negations:
            condition, holds = self._negations[condition], not holds
        found = self._comparisons.get(condition)
        if found is None or self._looks_for_counters:
            return
        left, right = found.operands
        over, under = found.bounds
        operation = found.operation if holds else _OPPOSITE[found.operation]
        if operation.startswith("less"):
            left, right, operation = right, left, operation.replace("less", "greater")
            over, under = under, over
        if operation == "equal":
            self._narrow(left, under)
            self._narrow(right, over)
        elif operation != "not_equal":
            least = 1 if operation == "greater" else 0
            self._narrow(left, Bounds(under.low + least, _UNBOUNDED))
            self._narrow(right, Bounds(-_UNBOUNDED, over.high - least))
            self._here.differences[left, right] = Bounds(least, _UNBOUNDED)
            self._here.differences[right, left] = Bounds(-_UNBOUNDED, -least)
            _shorten(self._here.differences)

    def state(self) -> State:
        """All that is known here."""
        return self._here.copy()

    def meet(self, ways: Sequence[State]) -> None:
        """Go on from where ways meet; from one, where there is but that one."""
        first, *others = ways
        met = first.copy()
        for other in others:
            met.bounds = {
                name: self._known.joined(bounds, other.bounds[name])
                for name, bounds in met.bounds.items()
                if name in other.bounds
            }
            met.differences = {
                names: bounds for names, bounds in met.differences.items() if other.differences.get(names) == bounds
            }
        for name, setting in first.settings.items():
            if any(other.settings.get(name) != setting for other in others):
                self._set(met, name)
        self._here = met

    def _set(self, state: State, name: str) -> None:
        self._settings += 1
        state.settings.pop(name, None)
        state.settings[name] = self._settings
        _shorten(state.settings)

    def _version(self, name: str) -> Version:
        if not name.startswith(("v", "f")):
            return name, 0
        if name not in self._here.settings:
            self._set(self._here, name)
        return name, self._here.settings[name]

    def _narrow(self, version: Version, to: Bounds) -> None:
        """Something is found to be true of a name, besides what is known of it."""
        name = version[0]
        if name.isidentifier() and self._version(name) == version:
            found = self._here.bounds.get(name)
            self.learn(name, to if found is None else found.narrowed(to))


def _shorten(facts: dict[Any, Any]) -> None:
    """Forget what was learned first, where there is too much."""
    while len(facts) > _MOST:
        del facts[next(iter(facts))]
