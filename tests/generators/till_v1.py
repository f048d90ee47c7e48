"""A till in three versions, each of which changes the interface of the one before: the first."""

from __future__ import annotations

from dataclasses import dataclass

from camshaft import Machine, Refusal


class TooLittle(Refusal):
    """There is less in the till than was asked for."""

    left: int


@dataclass(frozen=True)
class Bill:
    """What was paid in last."""

    cents: int


class Till(Machine):
    """Money goes in and out."""

    total: int = 0
    last: int = 0

    def pay(self, cents: int) -> int:
        """What is in it then."""
        self.total += cents
        self.last = cents
        return self.total

    def take(self, cents: int) -> None:
        """Take money out."""
        if cents > self.total:
            raise TooLittle(left=self.total)
        self.total -= cents

    def bill(self) -> Bill:
        """What was paid in last."""
        return Bill(cents=self.last)

    def price(self, article: int) -> int:
        """By its number."""
        return article * 10

    def count(self) -> int:
        """What is in it."""
        return self.total
