"""The bank: money is never made or lost, whatever is tried."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import bank
import bank_v2
import camshaft as cam
from bank import AccountExists, AccountFrozen, Entry, NotEnough, UnknownAccount
from bank_v2 import Money, OverLimit, UnknownEntry
from camshaft import AssertionFailed, testing
from generators.services import MONDAY, Service

NAMES = st.sampled_from(["ann", "bob", "vault", "nobody"])
CENTS = st.integers(-1, 300)
MOVES = st.one_of(
    st.tuples(st.just("deposit"), NAMES, CENTS),
    st.tuples(st.just("withdraw"), NAMES, CENTS),
    st.tuples(st.just("transfer"), NAMES, NAMES, CENTS),
    st.tuples(st.sampled_from(["freeze", "unfreeze"]), NAMES),
)


def opened(*names: str) -> Service[bank.Bank]:
    ledger = Service(bank.Bank)
    for name in names:
        ledger("open", name)
    return ledger


def test_money_moves_from_one_account_to_another() -> None:
    ledger = opened("ann", "bob")
    assert ledger("deposit", "ann", 500) == 500
    assert ledger("transfer", "ann", "bob", 200, "rent") == 2
    assert ledger("withdraw", "bob", 300) == NotEnough(name="bob", balance_cents=200, wanted_cents=300)
    assert ledger("transfer", "ann", "eve", 1) == UnknownAccount("eve")
    assert ledger("open", "ann") == AccountExists("ann")
    assert ledger("deposit", "ann", 0) is AssertionFailed
    ledger("freeze", "ann")
    assert ledger("withdraw", "ann", 1) == AccountFrozen("ann")
    assert ledger("statement", "bob") == [Entry(2, MONDAY, "ann", "bob", 200, "rent")]


@given(st.lists(MOVES, max_size=15))
def test_the_books_are_right_whatever_is_tried(moves: list[tuple[Any, ...]]) -> None:
    ledger = opened("ann", "bob")
    for method, *args in moves:
        ledger(method, *args)
        assert ledger("is_balanced") is True
    currencies = ledger.upgraded(bank_v2.to_currencies)
    assert currencies("is_balanced") is True
    assert len(currencies("statement", "ann", 100)) == len(ledger("statement", "ann", 100))


def test_the_books_are_right_wherever_it_is_upgraded_and_after_it() -> None:
    upgrade = cam.Upgrade(old=bank.Bank, new=bank_v2.Bank, migrate=bank_v2.to_currencies)
    names = st.sampled_from(["ann", "bob", "vault"])
    calls = testing.inputs(bank.Bank, name=names, origin=names, target=names, cents=st.integers(-1, 300))
    since = [testing.call("deposit", "ann", Money(70, "USD")), testing.call("transfer", "ann", "bob", Money(1))]
    testing.check_upgrade(upgrade, calls, invariant=bank_v2.Bank.is_balanced, then=since)


def test_each_currency_balances_for_itself() -> None:
    ledger = opened("ann", "bob")
    ledger("deposit", "ann", 500)
    accounts = ledger.upgraded(bank_v2.to_currencies)
    assert accounts("deposit", "ann", Money(70, "USD")) == 70
    assert accounts("balance", "ann") == {"EUR": 500, "USD": 70}
    assert accounts("transfer", "ann", "bob", Money(100, "USD")).balance == Money(70, "USD")
    assert accounts("transfer", "ann", "bob", Money(50, "USD")) == 3
    assert accounts("reverse", 3) == 4
    assert accounts("reverse", 3) is AssertionFailed
    assert accounts("reverse", 9) == UnknownEntry(9)
    assert accounts("balance", "bob") == {"EUR": 0, "USD": 0}
    assert accounts("is_balanced") is True


def test_a_daily_limit_counts_the_last_day() -> None:
    accounts = Service(bank_v2.Bank)
    accounts("open", "ann", daily_limit_cents=100)
    accounts("deposit", "ann", Money(500))
    accounts("withdraw", "ann", Money(80))
    assert accounts("withdraw", "ann", Money(30)) == OverLimit(name="ann", left_cents=20)
    accounts.wait(hours=24)
    assert accounts("withdraw", "ann", Money(30)) == 390
