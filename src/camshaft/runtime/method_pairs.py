"""A method of two versions, run by both on the same arguments: what a rollout does most.

It gives what running the input under the one and then under the other gives (`inputs.run_input`), for the inputs that
both have a form of, on instances that are there; a test holds it to that. It exists because an input is to cost no more
than twice what it costs without a rollout: what both have in common is looked up once.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from camshaft.errors import Refused, Trap
from camshaft.runtime.catalog import Loaded, Prepared
from camshaft.runtime.inputs import failed
from camshaft.runtime.outcomes import NOTHING, RefusedBy, Returned, StaleInput, Trapped
from camshaft.values.types import BOOL, INT, STR

Told: TypeAlias = Returned | RefusedBy | Trapped | StaleInput

_EQUAL_IS_SAME = frozenset({BOOL, INT, STR})
"""Types of which equal values have the same bytes."""


class Pair:
    """A method that takes the same in both versions, and needs no occasion in either."""

    __slots__ = ("_equal_is_same", "_name", "_new", "_new_run", "_old", "_old_run")

    def __init__(self, old: Prepared, new: Prepared) -> None:
        self._name = new.name
        self._old, self._new = old, new
        self._old_run, self._new_run = old.loaded.run, new.loaded.run
        self._equal_is_same = old.result is new.result and new.result in _EQUAL_IS_SAME

    def run(self, arguments: tuple[Any, ...], cell: Any, old_cell: Any, fuel: int) -> tuple[Told, Told]:
        """What becomes of an input under the new version and under the old one: one object where that is the same."""
        name, new, old = self._name, self._new, self._old
        told: Told
        result: Any = NOTHING
        try:
            result = self._new_run(name, arguments, cell, fuel)
            told = NOTHING if new.returns_nothing else Returned(new.result, result)
        except (Refused, Trap) as error:
            told = failed(new.loaded, error)
        try:
            old_result = self._old_run(name, arguments, old_cell, fuel)
        except (Refused, Trap) as error:
            return told, failed(old.loaded, error)
        if old.returns_nothing:
            return told, NOTHING
        if self._equal_is_same and old_result == result:
            return told, told
        return told, Returned(old.result, old_result)


def pairs_of(old: Loaded, new: Loaded) -> dict[str, Pair]:
    """The methods that are pairs, by their names."""
    return {
        name: Pair(old.methods[name], prepared)
        for name, prepared in new.methods.items()
        if takes_the_same(old, new, name) and not prepared.asks_occasion and not old.methods[name].asks_occasion
    }


def takes_the_same(one: Loaded, other: Loaded, name: str) -> bool:
    """Whether a method takes arguments of the same types in two programs, in order."""
    first, second = one.verified.program.method(name), other.verified.program.method(name)
    if first is None or second is None:
        return False
    return [each.type for each in first.parameters] == [each.type for each in second.parameters]
