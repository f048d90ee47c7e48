"""Migrations and downgrades: programs without state that turn a state of one type into one of another.

Each is checked by its types before it runs, and runs on states that it cannot change: what it gives shares no container
with what it was given, which goes on being used if nothing comes of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Any, Final
from weakref import finalize

from camshaft.bytecode.encoding import decode_program
from camshaft.bytecode.growth import proportional
from camshaft.bytecode.movement import Moved, moved_maps
from camshaft.bytecode.program import MethodKind, Program
from camshaft.bytecode.upgrade import MIGRATION_METHOD
from camshaft.bytecode.verifier import Verified, verify
from camshaft.errors import Fault, Refused, Rejected, Trap, note_where
from camshaft.execution.compiler import Compiled
from camshaft.execution.interpreter import DEFAULT_FUEL
from camshaft.execution.whereabouts import whereabouts
from camshaft.runtime.catalog import describe
from camshaft.values.address import Address
from camshaft.values.check import weight
from camshaft.values.type_words import show
from camshaft.values.types import UNIT, Type

FUEL_PER_WEIGHT: Final = 100
"""What a migration may use for each unit of the state's `weight`, besides the fuel of an input.

Part of what a journal means: with another number, an old journal could fold to another state.
"""

_MOST_PREPARED: Final = 8
"""How many migrations are kept ready: one is checked, and then applied, or tried at one position after the other."""


UNCHANGED: Final = "; nothing was changed"
"""How the message of each `rejection` ends."""

_ENOUGH: Final = 2**62
"""Fuel for what was seen to need no more than it would be given."""


def rejection(reason: str) -> Rejected:
    """The error of an upgrade, a rollback or a deployment that did not happen."""
    return Rejected(f"{reason}{UNCHANGED}")


class Migration:
    """A verified migration or downgrade, ready to run. `what` is which of the two, for errors."""

    __slots__ = ("_compiled", "_lines", "_nothing", "_prepared", "cannot_fail", "data", "moves", "what")

    def __init__(self, data: bytes, before: Type, after: Type, what: str = "migration") -> None:
        """Raises `Rejected` where it is not acceptable, or leads from or to another type of state."""
        self.what = what
        self.data = data
        try:
            prepared = _prepared(data)
        except Rejected as error:
            raise rejection(f"the {what} is not acceptable: {error}") from error
        verified = prepared.verified
        was, becomes = _types(verified.program, what)
        if verified.methods[MIGRATION_METHOD].code.effects.asks_occasion:
            raise rejection(
                f"the {what} is not acceptable: it asks for the time, the key or a random number, and these belong to "
                f"a step; a {what} is rehearsed before it is journaled, and gives the same at any time"
            )
        from_, to = ("running", "new") if what == "migration" else ("new", "running")
        if was is not before:
            raise rejection(
                f"the {what} is from another state type: it takes {show(was)}, the {from_} program has {show(before)}"
            )
        if becomes is not after:
            raise rejection(
                f"the {what} is to another state type: it gives {show(becomes)}, the {to} program has {show(after)}"
            )
        self._prepared = prepared
        self._compiled = prepared.compiled
        self._lines = verified.lines
        self._nothing = self._compiled.cell(())
        self.cannot_fail = prepared.cannot_fail
        """Whether it arrives at a new state whatever the old one is. It may then run at any time: nobody can tell."""
        self.moves = prepared.moves
        """The maps that it can bring over in place, entry by entry."""

    def of_one(self, was: Any) -> Any:
        """The new state for an old one, of a migration that cannot fail."""
        try:
            return self._compiled.run(MIGRATION_METHOD, (was,), self._nothing, _ENOUGH)
        except (Refused, Trap) as error:
            raise Fault(f"a {self.what} that cannot fail failed: {describe(error)}") from error

    def of_all(self, machine: str, states: Iterable[tuple[str | None, Any]]) -> list[Any]:
        """The new state of each instance of a machine, given by key.

        Raises `Rejected`, naming the instance, where it refuses or traps on one.
        """
        migrated = []
        for key, was in states:
            fuel = DEFAULT_FUEL + FUEL_PER_WEIGHT * weight(was)
            try:
                migrated.append(self._compiled.run(MIGRATION_METHOD, (was,), self._nothing, fuel))
            except (Refused, Trap) as error:
                address = Address(machine, key)
                rejected = rejection(f"the {self.what} fails on the instance {address}: {describe(error)}")
                rejected.where = whereabouts(error, self._lines)
                note_where(rejected, rejected.where)
                raise rejected from error
        return migrated


class _Prepared:
    """The code of a migration, and what is seen of it before it runs. Who runs it keeps this."""

    def __init__(self, verified: Verified) -> None:
        self.verified = verified
        self.compiled = Compiled(verified)
        finalize(self, self.compiled.let_go).atexit = False

    @cached_property
    def cannot_fail(self) -> bool:
        # Total code may still run out of fuel, and whether it does is part of what a journal means. So it has to be
        # seen that the fuel of `of_all` is enough for every state.
        if not self.verified.methods[MIGRATION_METHOD].code.effects.is_total:
            return False
        taken = proportional(self.verified, MIGRATION_METHOD)
        return taken is not None and taken.is_within(DEFAULT_FUEL, FUEL_PER_WEIGHT)

    @cached_property
    def moves(self) -> tuple[Moved, ...]:
        return moved_maps(self.verified, MIGRATION_METHOD) if self.cannot_fail else ()


def load(data: bytes) -> None:
    """Verify and compile a migration beforehand. Raises `Rejected`."""
    _prepared(data)


@lru_cache(maxsize=_MOST_PREPARED)
def _prepared(data: bytes) -> _Prepared:
    return _Prepared(verify(decode_program(data)))


def _types(program: Program, what: str) -> tuple[Type, Type]:
    methods = program.methods
    if (
        program.state is not UNIT
        or len(methods) != 1
        or methods[0].name != MIGRATION_METHOD
        or methods[0].kind is not MethodKind.QUERY
        or len(methods[0].parameters) != 1
    ):
        raise rejection(
            f"the {what} is not acceptable: it must be a program without state whose only method is a query "
            f"`{MIGRATION_METHOD}` of one parameter, the old state"
        )
    return methods[0].parameters[0].type, methods[0].result
