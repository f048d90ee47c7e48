"""The loop variable is the element itself."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass
class Account:
    balance: int
    rate: int = 1


class Bank(Machine):
    accounts: dict[str, Account] = {"a": Account(5), "b": Account(3, 2)}
    rows: list[list[int]] = [[1, 2], []]

    def accrue(self, factor: int) -> int:
        total = 0
        for name, account in self.accounts.items():
            account.balance += account.rate * factor
            total += self.accounts[name].balance
        return total

    def divide(self, by: int) -> None:
        for account in self.accounts.values():
            account.balance = account.balance // (by - account.rate)

    def grow(self, n: int) -> int:
        for row in self.rows:
            row.append(n)
            self.rows[0].append(len(row))
        return len(self.rows[0])
