"""A change through the one shows through the other, whether or not their keys are equal."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass
class Account:
    balance: int


class Bank(Machine):
    accounts: dict[int, Account] = {0: Account(10), 1: Account(20)}

    def transfer(self, source: int, target: int, amount: int) -> int:
        giver = self.accounts[source % 2]
        taker = self.accounts[target % 2]
        giver.balance -= amount
        taker.balance += 2 * amount
        assert giver.balance >= 0
        return giver.balance - taker.balance
