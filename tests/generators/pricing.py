"""A module of functions that machines of the tests import: each means what it means in this file."""

from __future__ import annotations

from dataclasses import dataclass

from camshaft import Refusal

RATE = 7
SCALE = 100


class Negative(Refusal):
    amount: int
    why: str = "below zero"


@dataclass(frozen=True)
class Money:
    cents: int
    currency: str = "EUR"

    def plus(self, other: Money) -> Money:
        assert self.currency == other.currency, f"{self.currency} and {other.currency}"
        return Money(self.cents + other.cents, self.currency)

    def times(self, count: int = 1) -> Money:
        return Money(scaled(self.cents, count), currency=self.currency)

    @property
    def shown(self) -> str:
        return f"{self.cents // SCALE} {self.currency}"

    @staticmethod
    def zero(currency: str = "EUR") -> Money:
        return Money(0, currency)


def scaled(amount: int, by: int) -> int:
    """Not what another file's function of this name does."""
    return checked(amount) * by


def checked(amount: int) -> int:
    if amount < 0:
        raise Negative(amount)
    return amount


def with_tax(amount: int, rate: int = RATE) -> int:
    return amount + scaled(amount, rate) // SCALE


def share(amount: int, among: int) -> int:
    return amount // among
