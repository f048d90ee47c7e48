"""What code may do besides computing its result: the effect row of a term, a block or a method.

Rows only ever grow: the row of a whole is the union of the rows of its parts, less what a block handles (`Block` its
own exits, `Locals` its own slots).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

STATE_SLOT = 0
"""The slot of the machine's state; local ones have greater numbers."""
OCCASION_SLOT = -1
"""What a step is told of its time and its address, as a slot: it is read and never written."""
DRAWS_SLOT = -2
"""How many random numbers the step has drawn, as a slot: a draw reads it and moves on. So a draw is never left out,
made twice, or exchanged with another, by the same rules that keep the order of writes."""


@dataclass(frozen=True, slots=True)
class Effects:
    """An effect row. Exits are the labels of the blocks that may be left, however the code names them."""

    reads: frozenset[int] = frozenset()
    writes: frozenset[int] = frozenset()
    refuses: frozenset[str] = frozenset()
    traps: frozenset[str] = frozenset()
    exits: frozenset[str | int] = frozenset()
    loops: bool = False

    def __or__(self, other: Effects) -> Effects:
        if other is PURE:
            return self
        if self is PURE:
            return other
        return Effects(
            self.reads | other.reads,
            self.writes | other.writes,
            self.refuses | other.refuses,
            self.traps | other.traps,
            self.exits | other.exits,
            self.loops or other.loops,
        )

    def __le__(self, other: Effects) -> bool:
        """Whether code of the other row may do all that code of this one may."""
        return (
            self.traps <= other.traps
            and self.reads <= other.reads
            and self.writes <= other.writes
            and self.refuses <= other.refuses
            and self.exits <= other.exits
            and self.loops <= other.loops
        )

    @property
    def is_query(self) -> bool:
        """Whether the machine's state is never written."""
        return STATE_SLOT not in self.writes

    @property
    def asks_occasion(self) -> bool:
        """Whether the code asks for the step's time, its address or a random number: it runs in steps only."""
        return OCCASION_SLOT in self.reads or DRAWS_SLOT in self.reads

    @property
    def is_total(self) -> bool:
        """Whether the code always arrives at its result, fuel aside."""
        return not (self.refuses or self.traps or self.exits)

    @property
    def is_discardable(self) -> bool:
        """Whether code whose result nobody wants can be left out: it writes nothing and always arrives."""
        return self.is_total and not self.writes

    @property
    def is_pure(self) -> bool:
        """Whether it does not matter when and how often code runs: it neither writes nor reads, and always arrives."""
        return self.is_discardable and not self.reads

    @property
    def is_copyable(self) -> bool:
        """Whether running code twice in a row is running it once and copying its result: it writes nothing. It may
        fail: then it fails the first time."""
        return not self.writes

    def leaves_alone(self, other: Effects) -> bool:
        """Whether this code, run before the other, changes nothing of what the other does."""
        return not self.writes & (other.reads | other.writes)

    def commutes_with(self, other: Effects) -> bool:
        """Whether it does not matter which of two pieces of code runs first.

        Neither touches what the other writes; at most one may fail, or the order would tell which failure is seen;
        and beside an exit nothing may be written, since what was written before an exit stays, unlike before a
        refusal or a trap.
        """
        return (
            self.leaves_alone(other)
            and other.leaves_alone(self)
            and (self.is_total or other.is_total)
            and not (self.exits and other.writes)
            and not (other.exits and self.writes)
        )

    def without_exit(self, label: str | int) -> Effects:
        """The row of a block around this code that handles this exit."""
        if label not in self.exits:
            return self
        return Effects(self.reads, self.writes, self.refuses, self.traps, self.exits - {label}, self.loops)

    def without_slots(self, first: int) -> Effects:
        """The row outside of the locals from this slot on."""
        return Effects(
            frozenset(slot for slot in self.reads if slot < first),
            frozenset(slot for slot in self.writes if slot < first),
            self.refuses,
            self.traps,
            self.exits,
            self.loops,
        )


PURE = Effects()


@cache
def trapping(traps: frozenset[str]) -> Effects:
    """The row of an operation that may end in these traps and does nothing else. There are few such sets."""
    return Effects(traps=traps) if traps else PURE
