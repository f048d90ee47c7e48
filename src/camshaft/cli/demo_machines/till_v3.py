"""The till with another type of state: what a customer paid is money now, no longer a number of cents.

A derived migration would have to guess what becomes of `cents`, so this one is written.
"""

from dataclasses import dataclass

from camshaft import Machine, Refusal, migration
from camshaft.cli.demo_machines import till_v2


class Duplicate(Refusal):
    """A payment of this number is in the till already."""

    number: int


class OutOfOrder(Refusal):
    """The payment before this one is missing."""

    expected: int


class TooMuch(Refusal):
    """The payment is above the till's limit."""

    limit_cents: int


@dataclass(frozen=True)
class Money:
    """An amount: whole euros, and the cents beyond them."""

    euros: int
    cents: int


@dataclass(frozen=True)
class Account:
    """What one customer has paid: how many payments, how much, and a digest of each number and amount in order."""

    payments: int
    paid: Money
    digest: int


class Till(Machine):
    accounts: dict[str, Account] = {}
    taken: int = 0

    def pay(self, customer: str, number: int, cents: int) -> int:
        account = self.accounts.get(customer, Account(payments=0, paid=Money(euros=0, cents=0), digest=0))
        if number <= account.payments:
            raise Duplicate(number=number)
        if number > account.payments + 1:
            raise OutOfOrder(expected=account.payments + 1)
        if cents > 10_000:
            raise TooMuch(limit_cents=10_000)
        total = account.paid.euros * 100 + account.paid.cents + cents
        digest = (account.digest * 1_000_003 + number * 65_537 + cents) % 2_147_483_647
        self.accounts[customer] = Account(
            payments=number, paid=Money(euros=total // 100, cents=total % 100), digest=digest
        )
        self.taken += 1
        return total

    def payments_taken(self) -> int:
        return self.taken


@migration
def to_money(was: till_v2.Till) -> Till:
    return Till(
        accounts={
            customer: Account(
                payments=account.payments,
                paid=Money(euros=account.cents // 100, cents=account.cents % 100),
                digest=account.digest,
            )
            for customer, account in was.accounts.items()
        },
        taken=was.taken,
    )
