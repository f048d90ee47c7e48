"""The till's second version: notes, more in bills and refusals, and articles by their names."""

from __future__ import annotations

from dataclasses import dataclass

from camshaft import Machine, Refusal


class TooLittle(Refusal):
    """There is less in the till than was asked for."""

    left: int
    wanted: int


@dataclass(frozen=True)
class Bill:
    """What was paid in last."""

    cents: int
    note: str


class Till(Machine):
    """Money goes in and out."""

    total: int = 0
    last: int = 0
    note: str = "none"

    def pay(self, cents: int, note: str = "no note") -> int:
        """What is in it then."""
        self.total += cents
        self.last = cents
        self.note = note
        return self.total

    def take(self, cents: int) -> None:
        """Take money out."""
        if cents > self.total:
            raise TooLittle(left=self.total, wanted=cents)
        self.total -= cents

    def bill(self) -> Bill:
        """What was paid in last."""
        return Bill(cents=self.last, note=self.note)

    def price(self, article: str) -> int:
        """By its name."""
        return len(article)

    def count(self) -> int:
        """What is in it."""
        return self.total
