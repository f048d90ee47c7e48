"""Accounts in several currencies, with daily limits; each currency balances for itself."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import bank
import camshaft as cam
from bank import VAULT, AccountExists, AccountFrozen, UnknownAccount
from camshaft import Machine, Refusal, migration

HOME = "EUR"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Money:
    cents: int
    currency: str = HOME


@dataclass
class Account:
    """`spent`: what left the account on the last day, when and how much in cents of any currency."""

    balances: dict[str, int] = field(default_factory=dict)
    is_frozen: bool = False
    daily_limit_cents: int | None = None
    spent: list[tuple[datetime, int]] = field(default_factory=list)

    def holds(self, currency: str) -> int:
        return self.balances.get(currency, 0)


@dataclass(frozen=True)
class Entry:
    number: int
    at: datetime
    debit: str
    credit: str
    amount: Money
    text: str
    reversed_by: int | None = None


class NotEnough(Refusal):
    name: str
    balance: Money
    wanted: Money


class OverLimit(Refusal):
    name: str
    left_cents: int


class UnknownEntry(Refusal):
    number: int


class Bank(Machine):
    """What customers have, the vault owes: in each currency the sum of all balances is zero, always."""

    accounts: dict[str, Account] = {VAULT: Account()}
    entries: list[Entry] = []

    def open(self, name: str, daily_limit_cents: int | None = None) -> None:
        """Open an account."""
        assert name.strip(), "a name is not empty"
        if name in self.accounts:
            raise AccountExists(name)
        self.accounts[name] = Account(daily_limit_cents=daily_limit_cents)

    def deposit(self, name: str, amount: Money) -> int:
        """Somebody brings money; gives the balance in its currency."""
        self._move(VAULT, name, amount, "deposit")
        return self.accounts[name].holds(amount.currency)

    def withdraw(self, name: str, amount: Money) -> int:
        """Somebody takes money; gives the balance in its currency."""
        self._move(name, VAULT, amount, "withdrawal")
        return self.accounts[name].holds(amount.currency)

    def transfer(self, origin: str, target: str, amount: Money, text: str = "") -> int:
        """Move money from one account to another; gives the entry's number."""
        assert origin != target, "a transfer is between two accounts"
        return self._move(origin, target, amount, text)

    def reverse(self, number: int) -> int:
        """Undo an entry by one in the other direction; gives its number."""
        if not 0 < number <= len(self.entries):
            raise UnknownEntry(number)
        entry = self.entries[number - 1]
        assert entry.reversed_by is None, f"entry {number} was reversed by {entry.reversed_by}"
        by = self._move(entry.credit, entry.debit, entry.amount, f"reverses {number}")
        self.entries[number - 1] = replace(entry, reversed_by=by)
        return by

    def freeze(self, name: str, is_frozen: bool = True) -> None:
        """Nothing leaves this account any more, or again."""
        self._check(name)
        self.accounts[name].is_frozen = is_frozen

    def balance(self, name: str) -> dict[str, int]:
        """What an account holds, in cents, by currency."""
        self._check(name)
        return dict(self.accounts[name].balances)

    def statement(self, name: str, limit: int = 20) -> list[Entry]:
        """The last entries of an account, the newest first."""
        self._check(name)
        found = [entry for entry in self.entries if name in (entry.debit, entry.credit)]
        return found[::-1][:limit]

    def is_balanced(self) -> bool:
        """Whether the books are right: in each currency all balances are nothing, and only the vault is below zero."""
        sums: dict[str, int] = {}
        for name, account in self.accounts.items():
            for currency, cents in account.balances.items():
                if cents < 0 and name != VAULT:
                    return False
                sums[currency] = sums.get(currency, 0) + cents
        return not any(sums.values())

    def _move(self, origin: str, target: str, amount: Money, text: str) -> int:
        assert amount.cents > 0, f"an amount is positive, not {amount.cents}"
        self._check(origin)
        self._check(target)
        if origin != VAULT:
            self._check_leaves(origin, amount)
        giver = self.accounts[origin]
        taker = self.accounts[target]
        giver.balances[amount.currency] = giver.holds(amount.currency) - amount.cents
        taker.balances[amount.currency] = taker.holds(amount.currency) + amount.cents
        number = len(self.entries) + 1
        self.entries.append(Entry(number, cam.now(), origin, target, amount, text))
        return number

    def _check_leaves(self, name: str, amount: Money) -> None:
        account = self.accounts[name]
        if account.is_frozen:
            raise AccountFrozen(name)
        held = account.holds(amount.currency)
        if held < amount.cents:
            raise NotEnough(name=name, balance=Money(held, amount.currency), wanted=amount)
        now = cam.now()
        account.spent = [(at, cents) for at, cents in account.spent if now - at < DAY]
        if account.daily_limit_cents is not None:
            left = account.daily_limit_cents - sum(cents for _, cents in account.spent)
            if amount.cents > left:
                raise OverLimit(name=name, left_cents=left)
        account.spent.append((now, amount.cents))

    def _check(self, name: str) -> None:
        if name not in self.accounts:
            raise UnknownAccount(name)


@migration
def to_currencies(was: bank.Bank) -> Bank:
    return Bank(
        accounts={name: Account({HOME: cents}, name in was.frozen) for name, cents in was.balances.items()},
        entries=[Entry(one.number, one.at, one.debit, one.credit, Money(one.cents), one.text) for one in was.entries],
    )
