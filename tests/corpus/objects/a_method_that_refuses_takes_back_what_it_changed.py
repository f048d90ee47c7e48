"""A refusal within a method of an object undoes what it, and what called it, had changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from camshaft import Machine, Refusal

INTEGERS = [-1, 0, 1, 2, 3, 5]


class Short(Refusal):
    missing: int


@dataclass
class Account:
    owner: str
    balance: int = 0
    log: list[str] = field(default_factory=list)

    def deposit(self, n: int) -> int:
        assert n > 0
        self.balance += n
        self.log.append(f"+{n}")
        return self.balance

    def take(self, n: int) -> None:
        self.log.append(f"-{n}")
        if self.balance < n:
            raise Short(missing=n - self.balance)
        self.balance -= n

    def both(self, n: int) -> int:
        a = self.deposit(n)
        b = self.deposit(n - 1)
        return a * b


class Bank(Machine):
    accounts: dict[str, Account] = {"a": Account("ann", 40), "b": Account("bob")}
    house: Account = Account("house", 2)

    def open(self, name: str) -> None:
        self.accounts[name] = Account(name)

    def deposit(self, name: str, n: int) -> int:
        return self.accounts[name].deposit(n) + self.house.balance

    def move(self, n: int) -> None:
        source = self.accounts["a"]
        target = self.accounts["b"]
        target.deposit(n)
        source.take(n)
        source.log.append("moved")

    def fee(self, name: str, n: int) -> int:
        self.house.both(n)
        account = self.accounts.get(name)
        if account is None:
            return self.house.balance
        account.take(n)
        return account.balance

    def from_all(self, n: int) -> int:
        for account in self.accounts.values():
            account.take(n)
            self.house.deposit(n)
        return self.house.balance

    def local(self, n: int) -> tuple[int, list[str]]:
        own = Account("own")
        own.deposit(n)
        own.take(2)
        return own.balance, own.log
