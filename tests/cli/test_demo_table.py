"""The demo's verdict: a reason for each way in which a client and the state can disagree."""

from __future__ import annotations

import pytest

from camshaft.cli.demo_ledger import Comparison, Ledger, Report
from camshaft.cli.demo_table import Account, verdict


def account(comparison: Comparison, *surprises: str) -> Account:
    return Account("ada", "redis", Report.of(Ledger(surprises=list(surprises)), []), comparison)


def test_where_every_ledger_agrees_there_is_nothing_to_say() -> None:
    assert verdict([account(Comparison(found=7, lost=0, repeated=0, altered=()))]) == []


@pytest.mark.parametrize(
    ("comparison", "reason"),
    [
        (Comparison(5, 2, 0, ()), "ada: 2 acknowledged payments are not in the state"),
        (Comparison(9, 0, 3, ()), "ada: 3 payments in the state were never acknowledged"),
        (Comparison(7, 0, 0, ("east",)), "ada: the amounts or their order differ in the shop east"),
    ],
)
def test_every_disagreement_is_a_failure(comparison: Comparison, reason: str) -> None:
    assert verdict([account(comparison)]) == [reason]


def test_an_answer_that_cannot_be_is_a_failure() -> None:
    failures = verdict([account(Comparison(7, 0, 0, ()), "north: payment 3 was made once and found to be in")])
    assert failures == ["ada: north: payment 3 was made once and found to be in"]
