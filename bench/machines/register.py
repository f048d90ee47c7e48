"""One large map, with entries of many types: what is harder to read from a snapshot than numbers and texts."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from camshaft import Machine


class Stage(Enum):
    OPEN = "open"
    PAID = "paid"
    SENT = "sent"


@dataclass(frozen=True)
class Order:
    number: int
    customer: str
    stage: Stage
    coupon: str | None
    placed: datetime


class Register(Machine):
    orders: dict[int, Order] = {}
    touched: int = 0

    def fill(self, start: int, count: int) -> None:
        begin = datetime(2026, 1, 1, tzinfo=UTC)
        for number in range(start, start + count):
            stage = Stage.OPEN if number % 3 == 0 else Stage.PAID if number % 3 == 1 else Stage.SENT
            coupon = f"coupon {number}" if number % 2 == 0 else None
            self.orders[number] = Order(number, f"customer {number}", stage, coupon, begin + timedelta(seconds=number))

    def look(self, number: int) -> int:
        return self.orders[number].number

    def touch(self, number: int) -> int:
        self.touched += 1
        return self.orders[number].number
