"""A method of a frozen dataclass computes from its fields."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass(frozen=True)
class Money:
    cents: int

    def plus(self, other: "Money") -> "Money":
        return Money(self.cents + other.cents)

    def is_debt(self) -> bool:
        return self.cents < 0


class Purse(Machine):
    money: Money = Money(0)

    def add(self, cents: int) -> bool:
        self.money = self.money.plus(Money(cents)).plus(Money(1))
        return self.money.is_debt()
