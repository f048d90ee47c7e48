"""Steps change containers in place; nothing that left the engine may see it."""

from __future__ import annotations

from camshaft import Machine, Refusal
from camshaft.bytecode.encoding import encode_program
from camshaft.journal.memory import MemoryJournal
from camshaft.language.compile import compile_machine
from camshaft.runtime.entries import Entry, Input
from camshaft.runtime.outcomes import Returned
from camshaft.runtime.replica import Replica
from camshaft.values.address import Address


class Full(Refusal):
    held: list[int]


class Shelf(Machine):
    items: list[int] = []
    notes: dict[str, list[int]] = {}

    def put(self, item: int) -> list[int]:
        self.items.append(item)
        return self.items

    def put_at_most(self, item: int, most: int) -> None:
        self.items.append(item)
        self.notes["last"] = [item]
        if len(self.items) > most:
            raise Full(list(self.items))

    def keep(self, given: list[int]) -> int:
        self.notes["given"] = list(given)
        self.notes["given"].append(0)
        return len(given)


def replica_of(*entries: tuple[str, tuple[object, ...]]) -> tuple[Replica, list[object]]:
    program = compile_machine(Shelf).program
    replica = Replica(MemoryJournal())
    interface = replica.deploy(encode_program(program)).program_id
    batch: list[Entry] = [Input("shelf", None, method, arguments, interface) for method, arguments in entries]
    return replica, [outcome.value if isinstance(outcome, Returned) else outcome for outcome in replica.commit(batch)]


def test_a_result_is_not_changed_by_later_inputs_of_its_batch() -> None:
    _, outcomes = replica_of(("put", (1,)), ("put", (2,)), ("put", (3,)))
    assert outcomes == [[1], [1, 2], [1, 2, 3]]


def test_a_refused_input_takes_its_writes_back_in_the_middle_of_a_batch() -> None:
    replica, _ = replica_of(("put", (1,)), ("put_at_most", (2, 1)), ("put", (3,)))
    assert replica.engine.state(Address("shelf"))[1] == ([1, 3], {})


def test_arguments_that_were_stored_are_not_shared_with_the_entry() -> None:
    given = [5]
    replica, _ = replica_of(("keep", (given,)), ("keep", (given,)))
    assert given == [5]
    assert replica.engine.state(Address("shelf"))[1] == ([], {"given": [5, 0]})


def test_instances_do_not_share_their_initial_containers() -> None:
    replica, _ = replica_of(("put", (1,)))
    interface = replica.engine.machine("shelf").loaded.id
    replica.commit([Input("shelf", "other", "put", (9,), interface)])
    assert replica.engine.state(Address("shelf"))[1] == ([1], {})
    assert replica.engine.state(Address("shelf", "other"))[1] == ([9], {})
    assert replica.engine.state(Address("shelf", "absent"))[1] == ([], {})
