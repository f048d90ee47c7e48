"""The ledgers of the demo: they agree with a till that keeps its word, and notice one that does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.cli.demo_ledger import SHOPS, Answer, Balance, Ledger, Payment, Report, compare

BATCH = 4


class Till:
    """The rules of the demo's machine, in ten lines: what the ledgers are compared with here."""

    def __init__(self) -> None:
        self.balances = dict.fromkeys(SHOPS, Balance())
        self.limit = 10_000

    def pay(self, shop: str, payment: Payment) -> Answer:
        balance = self.balances[shop]
        if payment.number <= balance.payments:
            return Answer.DUPLICATE
        if payment.number > balance.payments + 1 or payment.cents > self.limit:
            return Answer.REFUSED
        self.balances[shop] = balance.plus(payment)
        return Answer.ACCEPTED

    def states(self) -> dict[str, object]:
        return {
            shop: {
                "accounts": {
                    "ada": {
                        "payments": balance.payments,
                        "paid": {"euros": balance.cents // 100, "cents": balance.cents % 100},
                        "digest": balance.digest,
                    }
                }
            }
            for shop, balance in self.balances.items()
        }


def round_trip(till: Till, ledger: Ledger, shop: str, *, arrived: int = BATCH, answered: bool = True) -> None:
    """Make a batch of payments, of which so many arrive, and whose answers may be lost."""
    payments = ledger.next_payments(shop, BATCH)
    answers = [till.pay(shop, payment) for payment in payments[:arrived]]
    if answered and len(answers) == len(payments):
        ledger.record(shop, payments, answers, at=0.0)
    else:
        ledger.interrupted(shop, payments)


@given(st.lists(st.tuples(st.sampled_from(SHOPS), st.integers(0, BATCH), st.booleans(), st.booleans())))
def test_whatever_breaks_on_the_way_an_honest_till_and_a_ledger_agree(
    trips: list[tuple[str, int, bool, bool]],
) -> None:
    till, ledger = Till(), Ledger()
    for shop, arrived, answered, raises_limit in trips:
        if raises_limit:
            till.limit = 50_000
        round_trip(till, ledger, shop, arrived=arrived, answered=answered)
    for shop in ledger.shops_in_doubt():
        round_trip(till, ledger, shop)

    report = Report.of(ledger, [])
    comparison = compare(report, "ada", till.states())
    assert comparison.is_exact
    assert comparison.found == report.accepted
    assert report.surprises == ()


def lose_the_last(balance: Balance) -> Balance:
    return Balance(balance.payments - 1, balance.cents, balance.digest)


def apply_one_twice(balance: Balance) -> Balance:
    return balance.plus(Payment(balance.payments + 1, 1))


def change_an_amount(balance: Balance) -> Balance:
    return Balance(balance.payments, balance.cents + 1, balance.digest)


def change_the_order(balance: Balance) -> Balance:
    return Balance(balance.payments, balance.cents, balance.digest ^ 1)


@pytest.mark.parametrize(
    ("betray", "lost", "repeated", "altered"),
    [
        (lose_the_last, 1, 0, ()),
        (apply_one_twice, 0, 1, ()),
        (change_an_amount, 0, 0, ("east",)),
        (change_the_order, 0, 0, ("east",)),
    ],
)
def test_a_till_that_does_not_keep_its_word_is_noticed(
    betray: Callable[[Balance], Balance], lost: int, repeated: int, altered: tuple[str, ...]
) -> None:
    till, ledger = Till(), Ledger()
    round_trip(till, ledger, "east")
    till.balances["east"] = betray(till.balances["east"])

    comparison = compare(Report.of(ledger, []), "ada", till.states())
    assert not comparison.is_exact
    assert (comparison.lost, comparison.repeated, comparison.altered) == (lost, repeated, altered)


def test_a_payment_that_was_answered_once_and_is_then_a_duplicate_is_a_surprise() -> None:
    ledger = Ledger()
    payments = ledger.next_payments("north", 1)
    ledger.record("north", payments, [Answer.DUPLICATE], at=0.0)
    assert ledger.surprises == ["north: payment 1 was made once and found to be in"]


def test_the_longest_gap_is_that_of_the_answers_around_a_span() -> None:
    ledger = Ledger()
    for at in (0.0, 1.0, 1.5, 4.0, 4.25):
        ledger.record("north", (), (), at)
    assert ledger.longest_gap_ms(1.1, 1.4) == 500
    assert ledger.longest_gap_ms(1.1, 1.6) == 2500
    assert ledger.longest_gap_ms(5.0, 6.0) == 0
