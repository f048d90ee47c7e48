"""What a client of the demo knows of its own payments, and the proof that the node knows the same.

A client learns about each call one of three things: accepted, refused (nothing happened), or nothing at all, when the
connection broke before the answer. A payment of the last kind is in doubt: it is sent again under the same number,
until an answer tells whether it is in. So in the end the ledger of a client and the state of the machine must agree
on every payment, its amount and the order, which is what `digest` holds.

The rule of this file: it knows neither sockets nor processes.
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, assert_never

SHOPS = ("north", "east", "south", "west")
"""The keys of the instances: `till/north`, …"""
LARGE_CENTS = 20_000
"""Above the limit of the first three versions of the machine, within that of the fourth."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One call: the number that the customer gave it in this shop, and the amount."""

    number: int
    cents: int


class Answer(Enum):
    """What the node said to a payment."""

    ACCEPTED = auto()
    DUPLICATE = auto()
    """A payment of this number is in already."""
    REFUSED = auto()
    """It is not in: above the limit, after one that is not in, or checked against an interface that is gone."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What one customer paid in one shop, as the ledger or as the machine has it."""

    payments: int = 0
    cents: int = 0
    digest: int = 0

    def plus(self, payment: Payment) -> Balance:
        """The balance after one more payment. The machine computes the same digest."""
        digest = (self.digest * 1_000_003 + payment.number * 65_537 + payment.cents) % 2_147_483_647
        return Balance(self.payments + 1, self.cents + payment.cents, digest)


@dataclass(slots=True)
class _Shop:
    balance: Balance = Balance()
    in_doubt: tuple[Payment, ...] = ()


@dataclass(slots=True)
class Ledger:
    """Every payment that one customer made, in all shops."""

    calls: int = 0
    """Answers received."""
    accepted: int = 0
    refused: int = 0
    doubtful_in: int = 0
    """Payments in doubt that turned out to be in."""
    doubtful_out: int = 0
    """Payments in doubt that turned out not to be in, and were made again."""
    surprises: list[str] = field(default_factory=list)
    """Answers that cannot be: each one is a failure of the demo."""
    answered_at: array[float] = field(default_factory=lambda: array("d"))
    """The moments when answers came, on the monotonic clock in seconds."""
    _shops: dict[str, _Shop] = field(default_factory=lambda: {shop: _Shop() for shop in SHOPS})
    _batches: int = 0

    def next_payments(self, shop: str, count: int) -> tuple[Payment, ...]:
        """The payments to send to a shop: those in doubt before any new one.

        The last of every few is above the limit of the first rules. It is the last because those behind one that is
        refused are out of order.
        """
        book = self._shops[shop]
        if book.in_doubt:
            return book.in_doubt
        self._batches += 1
        first = book.balance.payments + 1
        payments = [Payment(number, 1 + number * 7_919 % 9_999) for number in range(first, first + count)]
        if self._batches % 5 == 0:
            payments[-1] = Payment(payments[-1].number, LARGE_CENTS)
        return tuple(payments)

    def record(self, shop: str, payments: Sequence[Payment], answers: Sequence[Answer], at: float) -> None:
        """Note the answers to payments, in order, which came at one moment."""
        book = self._shops[shop]
        was_in_doubt = bool(book.in_doubt)
        book.in_doubt = ()
        self.answered_at.append(at)
        for payment, answer in zip(payments, answers, strict=True):
            self.calls += 1
            match answer:
                case Answer.ACCEPTED:
                    self.doubtful_out += was_in_doubt
                    self._enter(shop, payment)
                case Answer.DUPLICATE:
                    self.doubtful_in += 1
                    if not was_in_doubt:
                        self.surprises.append(f"{shop}: payment {payment.number} was made once and found to be in")
                    self._enter(shop, payment)
                case Answer.REFUSED:
                    self.refused += 1
                    self.doubtful_out += was_in_doubt
                case _:
                    assert_never(answer)

    def interrupted(self, shop: str, payments: Sequence[Payment]) -> None:
        """Note that the connection broke before the answers to these payments came."""
        self._shops[shop].in_doubt = tuple(payments)

    def has_doubts(self) -> bool:
        """Whether a payment is still in doubt."""
        return any(book.in_doubt for book in self._shops.values())

    def shops_in_doubt(self) -> list[str]:
        """The shops with payments in doubt."""
        return [shop for shop, book in self._shops.items() if book.in_doubt]

    def longest_gap_ms(self, start: float, end: float) -> float:
        """The longest time between two answers in a row that overlaps this span of the monotonic clock."""
        times = self.answered_at
        gaps = [after - before for before, after in itertools.pairwise(times) if before <= end and after >= start]
        return max(gaps, default=0.0) * 1000

    def balances(self) -> dict[str, Balance]:
        """What was paid in each shop, by what the node acknowledged."""
        return {shop: book.balance for shop, book in self._shops.items()}

    def _enter(self, shop: str, payment: Payment) -> None:
        book = self._shops[shop]
        if payment.number != book.balance.payments + 1:
            self.surprises.append(f"{shop}: payment {payment.number} is in, after payment {book.balance.payments}")
        book.balance = book.balance.plus(payment)
        self.accepted += 1


@dataclass(frozen=True, slots=True)
class Report:
    """A client's ledger as it arrives at the demo, which the client ran beside."""

    calls: int
    accepted: int
    refused: int
    doubtful_in: int
    doubtful_out: int
    surprises: tuple[str, ...]
    balances: dict[str, Balance]
    gaps_ms: tuple[float, ...]
    """The longest gap in each of the spans that were asked for."""

    @classmethod
    def of(cls, ledger: Ledger, spans: Sequence[tuple[float, float]]) -> Report:
        """The report on a ledger."""
        return cls(
            ledger.calls,
            ledger.accepted,
            ledger.refused,
            ledger.doubtful_in,
            ledger.doubtful_out,
            tuple(ledger.surprises),
            ledger.balances(),
            tuple(ledger.longest_gap_ms(start, end) for start, end in spans),
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """One client's ledger beside the final state."""

    found: int
    """Payments of the client in the state."""
    lost: int
    """Acknowledged payments that the state does not hold."""
    repeated: int
    """Payments in the state that the node never acknowledged, or that it applied twice."""
    altered: tuple[str, ...]
    """Shops whose number of payments is right, and whose amounts or order are not."""

    @property
    def is_exact(self) -> bool:
        """Whether every acknowledged payment is in the state exactly once, and nothing else is."""
        return not (self.lost or self.repeated or self.altered)


def compare(report: Report, customer: str, states: dict[str, Any]) -> Comparison:
    """Compare a ledger with the states of the shops' instances, as JSON views of the last version of the machine."""
    found = lost = repeated = 0
    altered = []
    for shop, ours in report.balances.items():
        theirs = _balance(states[shop]["accounts"].get(customer))
        found += theirs.payments
        lost += max(0, ours.payments - theirs.payments)
        repeated += max(0, theirs.payments - ours.payments)
        if ours.payments == theirs.payments and ours != theirs:
            altered.append(shop)
    return Comparison(found, lost, repeated, tuple(altered))


def _balance(account: dict[str, Any] | None) -> Balance:
    if account is None:
        return Balance()
    paid = account["paid"]
    return Balance(account["payments"], paid["euros"] * 100 + paid["cents"], account["digest"])
