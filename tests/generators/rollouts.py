"""Replicas whose upgrades are rolled out: versions of the counter that show themselves, and a clock that waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.program import Program
from camshaft.bytecode.rollout import ALL, Rollout
from camshaft.category.assembler import assemble
from camshaft.category.terms import Constant, Fork, Get, If, Primitive, Put, Refuse, Term, compose, operate
from camshaft.category.terms import Trap as TrapTerm
from camshaft.journal.memory import MemoryJournal
from camshaft.runtime.entries import Entry, Input, Steer
from camshaft.runtime.outcomes import Outcome
from camshaft.runtime.replica import Replica
from camshaft.values.types import BOOL, STR, UNIT
from generators.machines import COUNT, counter, counter_source, counter_v2, method, number, plus

LIMIT = 5
ONE_MORE = operate(Put(COUNT), plus(Get(COUNT), number(1)))
BELOW = operate(Primitive("less"), Get(COUNT), number(LIMIT))


def with_incr(body: Term) -> Program:
    """The counter with another `incr`."""
    source = counter_source()
    methods = tuple(method("incr", body) if each.name == "incr" else each for each in source.methods)
    return assemble(replace(source, methods=methods))


ONES, TENS, PAIRS = counter(), counter(step=10), counter_v2()
CAPPED = with_incr(If(BELOW, ONE_MORE, compose(Constant(STR, "full"), TrapTerm("AssertionError"))))
"""Its `incr` traps from 5 on."""
SHY = with_incr(If(BELOW, ONE_MORE, compose(Fork(()), Refuse("Full", UNIT))))
"""Its `incr` refuses from 5 on."""
BOUND = replace(counter(extra=(method("bound", BELOW, BOOL),)), invariants=("bound",))
"""An invariant of it breaks at 5."""

PROGRAMS = {"ones": ONES, "tens": TENS, "pairs": PAIRS, "capped": CAPPED, "shy": SHY, "bound": BOUND}
IDS = {name: program_id(program) for name, program in PROGRAMS.items()}


class Clocked:
    """A replica of counters, whose time passes when a test says so."""

    def __init__(self, program: Program = ONES) -> None:
        self.now_us = 0
        self.ids = 0
        self.replica = self._replica(MemoryJournal())
        self.replica.deploy(encode_program(program))

    def _replica(self, journal: MemoryJournal) -> Replica:
        return Replica(journal, clock_us=lambda: self.now_us, seed=lambda: b"")

    def again(self) -> Replica:
        """Another replica that folds the same journal."""
        journal = self.replica.journal
        assert isinstance(journal, MemoryJournal)
        made = self._replica(journal)
        made.recover()
        return made

    def new_id(self) -> str:
        self.ids += 1
        return f"{self.ids:032x}"

    def commit(self, *entries: Entry) -> list[Outcome]:
        return self.replica.commit(entries)

    def incr(self, keys: Sequence[str | None], program: Program) -> list[Outcome]:
        return self.commit(*(Input("counter", key, "incr", (), program_id(program)) for key in keys))

    def steer(self, action: str, share: int | None = None) -> Any:
        rollout = self.replica.engine.machine("counter").rollout
        position = 0 if rollout is None else rollout.position
        return self.replica.steer(Steer(self.new_id(), "counter", position, action, share))

    @property
    def states(self) -> dict[str | None, Any]:
        return dict(self.replica.engine.machine("counter").states())

    @property
    def outcomes(self) -> list[str]:
        """What the history of the machine says, without what was deployed."""
        return [each.outcome for each in self.replica.engine.history("counter")[1:]]


def terms(*shares: int, **fields: Any) -> Rollout:
    """A rollout, to all instances unless shares are given, that allows nothing and is judged on one input."""
    given = {"period": None, "traps": 0, "refusals": 0, "enough": 1, "different": (), **fields}
    return Rollout(shares=shares or (ALL,), **given)
