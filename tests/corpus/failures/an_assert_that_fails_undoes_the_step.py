"""`assert` after writes takes them back."""

from camshaft import Machine


class Account(Machine):
    balance: int = 10
    log: list[str] = []

    def take(self, n: int) -> int:
        self.balance -= n
        self.log.append(f"took {n}")
        assert self.balance >= 0, f"{self.balance} is below zero"
        return self.balance
