"""Fuel budgets are entries: each input runs under the budget in force at its position, for ever."""

from __future__ import annotations

import pytest

from camshaft import Machine
from camshaft.bytecode.encoding import encode_program
from camshaft.errors import Rejected
from camshaft.execution.interpreter import DEFAULT_FUEL
from camshaft.journal.memory import MemoryJournal
from camshaft.language.compile import compile_machine
from camshaft.runtime.entries import Entry, Input, Setting, decode_batch, encode_batch
from camshaft.runtime.outcomes import Outcome, Returned, Set, Trapped, Void
from camshaft.runtime.replica import Replica
from camshaft.values.address import Address


class Worker(Machine):
    done: int = 0

    def work(self, rounds: int) -> int:
        for _ in range(rounds):
            self.done += 1
        return self.done


def deployed() -> tuple[Replica, str]:
    replica = Replica(MemoryJournal())
    return replica, replica.deploy(encode_program(compile_machine(Worker).program)).program_id


def kinds(outcomes: list[Outcome]) -> list[object]:
    return [
        outcome.value if isinstance(outcome, Returned) else outcome.kind if isinstance(outcome, Trapped) else outcome
        for outcome in outcomes
    ]


def test_an_input_runs_under_the_budget_at_its_position_also_after_recovery() -> None:
    replica, interface = deployed()

    def work(rounds: int) -> Entry:
        return Input("worker", None, "work", (rounds,), interface)

    batch = [work(50), Setting("worker", 100), work(50), work(2), Setting("worker", None), work(50)]
    outcomes = kinds(replica.commit(batch))
    assert outcomes == [50, Set("worker", 100, 2), "OutOfFuel", 52, Set("worker", DEFAULT_FUEL, 5), 102]
    again = Replica(replica.journal)
    again.recover()
    assert again.engine.state(Address("worker")) == replica.engine.state(Address("worker"))
    assert again.engine.machine("worker").fuel == DEFAULT_FUEL
    assert [record.outcome for record in again.engine.history("worker")] == [
        "deployed",
        "fuel 100",
        f"fuel {DEFAULT_FUEL}",
    ]


@pytest.mark.parametrize("fuel", [0, -1, 2**60])
def test_a_budget_that_makes_no_sense_is_rejected_and_changes_nothing(fuel: int) -> None:
    replica, _ = deployed()
    position = replica.engine.position
    with pytest.raises(Rejected, match="from 1 to"):
        replica.set_fuel("worker", fuel)
    assert replica.engine.position == position
    (outcome,) = replica.commit([Setting("worker", fuel)])
    assert isinstance(outcome, Void)
    assert replica.engine.machine("worker").fuel == DEFAULT_FUEL


def test_a_setting_of_no_machine_is_rejected() -> None:
    replica, _ = deployed()
    with pytest.raises(Rejected, match="there is no machine nobody"):
        replica.set_fuel("nobody", 5)


def test_a_setting_is_the_same_after_encoding_and_decoding() -> None:
    entries = [Setting("worker", 7, "me"), Setting("worker", None)]
    assert list(decode_batch(encode_batch(entries, 1, b"seed")).entries) == entries
