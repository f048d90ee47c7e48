"""An upgrade that would break an invariant does not happen, whoever finds that out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from camshaft.bytecode.encoding import encode_program
from camshaft.bytecode.program import Program
from camshaft.category.terms import Constant, Get, If, Primitive, Term, compose, operate
from camshaft.category.terms import Trap as TrapTerm
from camshaft.errors import Rejected
from camshaft.journal.memory import MemoryJournal
from camshaft.runtime.entries import Input, Upgrade
from camshaft.runtime.outcomes import Upgraded, Void
from camshaft.runtime.replica import Replica
from camshaft.values.types import BOOL, STR
from generators.machines import COUNT, counter, method, number, upgrade

FEW: Term = operate(Primitive("less"), Get(COUNT), number(3))
FAILS: Term = compose(Constant(STR, "many"), TrapTerm("AssertionError"))


def with_invariant(body: Term = FEW) -> Program:
    return replace(counter(step=10, extra=(method("few", body, BOOL),)), invariants=("few",))


@pytest.fixture
def replica() -> Replica:
    made = Replica(MemoryJournal())
    made.deploy(encode_program(counter()))
    return made


def incr(replica: Replica, key: str, times: int = 1) -> None:
    program = replica.engine.machine("counter").loaded.id
    replica.commit([Input("counter", key, "incr", (), program)] * times)


def test_an_upgrade_whose_invariants_hold_of_each_instance_happens(replica: Replica) -> None:
    incr(replica, "ann", 2)
    assert replica.upgrade(upgrade(counter(), with_invariant())).migrated == 0


def test_an_upgrade_that_breaks_an_invariant_names_instance_and_invariant(replica: Replica) -> None:
    incr(replica, "ann")
    incr(replica, "bob", 3)
    with pytest.raises(Rejected, match="counter/bob would break an invariant: `few` is false; nothing was changed"):
        replica.upgrade(upgrade(counter(), with_invariant()))
    assert replica.engine.machine("counter").loaded.invariants == ()


def test_an_invariant_that_traps_is_broken(replica: Replica) -> None:
    incr(replica, "bob", 3)
    trapping = If(FEW, Constant(BOOL, True), FAILS)
    with pytest.raises(Rejected, match="`few` ends with AssertionError: many"):
        replica.upgrade(upgrade(counter(), with_invariant(trapping)))


def test_the_fold_decides_on_the_states_at_its_own_position(replica: Replica) -> None:
    """The proposal was fine when it was checked, and is not where it stands in the journal."""
    incr(replica, "ann", 2)
    first, second = (upgrade(counter(), with_invariant()) for _ in range(2))
    replica.engine.check_upgrade(first)
    program = replica.engine.machine("counter").loaded.id
    _, void = replica.commit([Input("counter", "ann", "incr", (), program), Upgrade(first)])
    assert isinstance(void, Void)
    assert "counter/ann would break an invariant" in void.reason
    assert "would break an invariant" in replica.engine.history("counter")[-1].outcome
    again = Replica(replica.journal)
    again.recover()
    assert again.engine.history("counter") == replica.engine.history("counter")
    assert not isinstance(replica.commit([Upgrade(second)])[0], Upgraded)
