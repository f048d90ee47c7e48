"""Moments move by spans of time, within the years 1 to 9999; spans are added, multiplied and divided."""

from datetime import UTC, datetime, timedelta

from camshaft import Machine

STEP = timedelta(days=1, hours=-1)


class Moments(Machine):
    now: datetime = datetime(2024, 2, 28, 23, 59, tzinfo=UTC)
    spent: timedelta = timedelta()

    def move(self, by: timedelta) -> datetime:
        self.spent += by
        self.now += by
        return self.now - STEP

    def since(self, moment: datetime) -> timedelta:
        return self.now - moment

    def spans(self, a: timedelta, b: timedelta, n: int) -> list[timedelta]:
        return [a + b, a - b, -a, abs(b), a * n, n * b]

    def split(self, a: timedelta, b: timedelta, n: int) -> tuple[int, timedelta, timedelta, float]:
        return (a // b, a % b, a // n, a / b)

    def compared(self, a: datetime, b: datetime) -> list[bool]:
        return [a < b, a <= b, a == b, a != b, self.now >= a, timedelta() < self.spent]

    def latest(self, moments: list[datetime]) -> datetime:
        return max(moments)
