"""A field that all members of a union have is read without a test."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass(frozen=True)
class Deposit:
    account: str
    amount: int


@dataclass(frozen=True)
class Withdrawal:
    account: str
    amount: int
    fee: int


class Bank(Machine):
    log: list[Deposit | Withdrawal] = []

    def note(self, one: Deposit | Withdrawal) -> str:
        self.log.append(one)
        return f"{one.account} {one.amount}"

    def total(self) -> int:
        total = 0
        for one in self.log:
            total += one.amount
        return total
