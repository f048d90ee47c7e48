"""The till with one more field: it counts the payments of all customers. The migration is derived."""

from dataclasses import dataclass

from camshaft import Machine, Refusal


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
class Account:
    """What one customer has paid: how many payments, how much, and a digest of each number and amount in order."""

    payments: int
    cents: int
    digest: int


class Till(Machine):
    accounts: dict[str, Account] = {}
    taken: int = 0

    def pay(self, customer: str, number: int, cents: int) -> int:
        account = self.accounts.get(customer, Account(payments=0, cents=0, digest=0))
        if number <= account.payments:
            raise Duplicate(number=number)
        if number > account.payments + 1:
            raise OutOfOrder(expected=account.payments + 1)
        if cents > 10_000:
            raise TooMuch(limit_cents=10_000)
        total = account.cents + cents
        digest = (account.digest * 1_000_003 + number * 65_537 + cents) % 2_147_483_647
        self.accounts[customer] = Account(payments=number, cents=total, digest=digest)
        self.taken += 1
        return total

    def payments_taken(self) -> int:
        return self.taken
