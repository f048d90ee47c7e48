"""The till's third version: it can be closed, which nobody knew of before."""

from __future__ import annotations

from dataclasses import dataclass

from camshaft import Machine, Refusal


class TooLittle(Refusal):
    """There is less in the till than was asked for."""

    wanted: int
    left: int


class Closed(Refusal):
    """Nothing goes in or out."""

    since: int


@dataclass(frozen=True)
class Bill:
    """What was paid in last."""

    note: str
    cents: int
    by: str | None


class Till(Machine):
    """Money goes in and out, while it is open."""

    total: int = 0
    last: int = 0
    note: str = "none"
    by: str | None = None
    closed: int = 0

    def pay(self, cents: int, by: str | None = None, note: str = "not a word") -> int:
        """What is in it then."""
        if self.closed > 0:
            raise Closed(since=self.closed)
        self.total += cents
        self.last = cents
        self.note = note
        self.by = by
        return self.total

    def take(self, cents: int) -> None:
        """Take money out."""
        if self.closed > 0:
            raise Closed(since=self.closed)
        if cents > self.total:
            raise TooLittle(left=self.total, wanted=cents)
        self.total -= cents

    def bill(self) -> Bill:
        """What was paid in last."""
        return Bill(note=self.note, cents=self.last, by=self.by)

    def price(self, article: str) -> int:
        """By its name."""
        return len(article)

    def close(self, at: int) -> None:
        """From then on nothing goes in or out."""
        self.closed = at
