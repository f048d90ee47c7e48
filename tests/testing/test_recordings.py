"""Inputs that were recorded: what a slice holds, upgraded at each of its positions."""

from __future__ import annotations

from pathlib import Path

import pytest

import bank
import bank_v2
import camshaft as cam
from camshaft import testing
from camshaft.journal.slice import SliceWriter
from camshaft.journal.sqlite import SqliteJournal
from camshaft.runtime.past import past_of
from camshaft.runtime.slicing import cut_before, sliced
from camshaft.testing import UpgradeFailed
from generators.journals import Held

UPGRADE = cam.Upgrade(old=bank.Bank, new=bank_v2.Bank, migrate=bank_v2.to_currencies)


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """A slice that begins when two accounts were open, one with money."""
    with cam.Node(tmp_path / "data") as node:
        node.deploy(bank.Bank)
        north = node.instance(bank.Bank, "north")
        north.open("ann")
        north.open("bob")
        north.deposit("ann", 500)
        north.transfer("ann", "bob", 200, "rent")
        north.freeze("bob")
    journal = SqliteJournal(tmp_path / "data")
    source = Held.of(journal)
    journal.close()
    past = past_of(source)
    with SliceWriter(tmp_path / "slice") as writer:
        for batch in sliced(source, cut_before(source, past, 4), past):
            writer.append(batch)
        writer.finish()
    return tmp_path / "slice"


def test_an_upgrade_is_tried_from_the_states_of_then_on(exported: Path) -> None:
    recording = testing.recorded(exported, bank.Bank)
    assert [step.shown for step in recording.steps] == [
        'bank/north transfer "ann" "bob" 200 "rent"  (position 4)',
        'bank/north freeze "bob"  (position 5)',
    ]
    testing.check_upgrade(UPGRADE, recording, invariant=bank_v2.Bank.is_balanced)


def test_a_failure_names_the_position_of_the_input_that_makes_it(exported: Path) -> None:
    def nobody_is_frozen(books: bank_v2.Bank) -> bool:
        return not any(account.is_frozen for account in books.accounts.values())

    with pytest.raises(UpgradeFailed) as failed:
        testing.check_upgrade(UPGRADE, testing.recorded(exported, bank.Bank), invariant=nobody_is_frozen)
    assert failed.value.inputs == ['bank/north freeze "bob"  (position 5)'], "what plays no part is left out"


def test_a_slice_without_the_machine_is_refused(exported: Path) -> None:
    with pytest.raises(cam.Rejected, match="there is no machine counter"):
        testing.recorded(exported, Counter)


class Counter(cam.Machine):
    count: int = 0

    def incr(self) -> None:
        self.count += 1
