"""Random inputs, upgrades, releases, rollbacks, crashes and journals cut off at their beginning, against a model.

The journey and its model are those of the rollbacks. To these come releases with a second machine, nodes that die after
a batch is durable and before anybody was answered, or before it is durable, and slices that a node goes on from.
"""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.release import Release, encode_release
from camshaft.journal.journal import Batch, JournalFailed
from camshaft.journal.memory import MemoryJournal
from camshaft.runtime.entries import Release as ReleaseEntry
from camshaft.runtime.entries import Rollback, encode_batch
from camshaft.runtime.outcomes import Released, Void
from camshaft.runtime.past import past_of
from camshaft.runtime.replica import Replica
from camshaft.runtime.slicing import cut_before, sliced
from generators.journals import Held
from generators.journeys import IDS, Call, Journey, calls, few
from generators.machines import cart

CART = encode_program(cart())
CART_ID = program_id(cart())


class Failing(MemoryJournal):
    """A journal whose medium fails at the next write, which may be durable by then or not."""

    __slots__ = ()

    def append(self, expected_position: int, count: int, payload: bytes) -> None:
        raise JournalFailed("the medium failed")


def journal_of(batches: list[Batch], journal: MemoryJournal) -> MemoryJournal:
    for batch in batches:
        MemoryJournal.append(journal, batch.position, batch.count, batch.payload)
    return journal


class LongJourney(Journey):
    """A counter, and a cart that a release brings in."""

    @rule(data=st.data(), first=few, since=few, required=st.sampled_from(["what it brings", "what runs", "nothing"]))
    def a_release_is_proposed(self, data: st.DataObject, first: list[Call], since: list[Call], required: str) -> None:
        to, migrate, back, encoded = self.some_upgrade(data)
        has_cart = "cart" in self.replica.engine.machines
        requires = {"what it brings": (("counter", IDS[to]),), "what runs": (("counter", IDS[self.version]),)}
        programs = () if has_cart else (CART,)
        release = Release(self.new_id(), programs, (encoded,), requires.get(required, ()))
        position = self.replica.engine.position + len(first)
        with self.committed(first, ReleaseEntry(encode_release(release)), since) as outcome:
            if required == "what runs":
                assert isinstance(outcome, Void)
            elif self.upgraded(outcome, to, migrate, back, position, release=True):
                assert isinstance(outcome, Released)
                assert [one.machine for one in outcome.members] == (["counter"] if has_cart else ["cart", "counter"])
                assert outcome.position == position
        assert ("cart" in self.replica.engine.machines) == (has_cart or isinstance(outcome, Released))

    @precondition(lambda self: self.in_force)
    @rule(first=few, since=few, way=st.sampled_from(["downgrade", "replay"]))
    def a_rollback_of_this_machine_only_is_proposed(self, first: list[Call], since: list[Call], way: str) -> None:
        self.propose(way, first, since, machine_only=True)

    # ---- crashes -----------------------------------------------------------------------------------------------------

    @rule(batch=st.lists(calls, min_size=1, max_size=6), durable=st.booleans())
    def the_node_dies_while_a_batch_is_written(self, batch: list[Call], durable: bool) -> None:
        """It is in the journal as a whole, or not at all; in either case nobody was answered."""
        entries = [call.entry() for call in batch]
        batches = list(self.replica.journal.read())
        self.replica.journal = journal_of(batches, Failing())
        with pytest.raises(JournalFailed):
            self.replica.commit(entries)
        if durable:
            position = batches[-1].end
            batches.append(Batch(position, len(entries), encode_batch(entries, 0, b"")))
            for call in batch:
                self.call(call)
        self.goes_on_from(batches)

    @precondition(lambda self: self.in_force)
    @rule(machine_only=st.booleans())
    def the_node_dies_in_a_rollback_that_was_durable(self, machine_only: bool) -> None:
        last = self.in_force[-1]
        entry = Rollback(self.new_id(), "counter", last.position, "downgrade", machine_only=machine_only)
        batches = list(self.replica.journal.read())
        batches.append(Batch(batches[-1].end, 1, encode_batch([entry], 0, b"")))
        states = None if last.release and not machine_only else self.went_back(last, "downgrade")
        if states is not None:
            self.in_force.pop()
            self.version, self.states = last.before, states
        self.goes_on_from(batches)

    @rule(data=st.data())
    def a_node_goes_on_from_a_slice(self, data: st.DataObject) -> None:
        """What was before is a state now: the upgrades of then cannot be undone by replay any longer."""
        source = Held.of(self.replica.journal)
        begin = cut_before(source, past_of(source), data.draw(st.integers(0, source.end)))
        self.goes_on_from(list(sliced(source, begin, past_of(source))))
        for each in self.in_force:
            if each.position < begin:
                each.states = None

    def goes_on_from(self, batches: list[Batch]) -> None:
        self.replica = Replica(journal_of(batches, MemoryJournal()), clock_us=lambda: 0, seed=lambda: b"")
        self.replica.recover()

    # ---- what holds at any time ------------------------------------------------------------------------------------

    @invariant()
    def the_cart_is_as_it_was_brought_in(self) -> None:
        machine = self.replica.engine.machines.get("cart")
        assert machine is None or (machine.loaded.id, machine.count) == (CART_ID, 0)


TestLongJourney = LongJourney.TestCase
TestLongJourney.settings = settings(stateful_step_count=30)
