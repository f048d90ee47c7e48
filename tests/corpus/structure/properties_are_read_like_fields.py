"""A `@property` is computed where it is read."""

from camshaft import Machine


class Account(Machine):
    paid: int = 0
    spent: int = 0

    @property
    def balance(self) -> int:
        return self.paid - self.spent

    def pay(self, n: int) -> int:
        before = self.balance
        self.paid += n
        return self.balance - before

    def spend(self, n: int) -> int:
        assert self.balance >= n
        self.spent += n
        return self.balance
