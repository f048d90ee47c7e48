"""`datetime(…, tzinfo=UTC)` and `timedelta(…)` of numbers that may not fit."""

from datetime import UTC, datetime, timedelta

from camshaft import Machine

INTEGERS = [0, 1, 2, 12, 13, 28, 29, 30, 31, 32, -1, 2024, 2023, 9999, 10000, 2**31, 2**70]


class Made(Machine):
    def time(self, year: int, month: int, day: int) -> datetime:
        return datetime(year, month, day, 5, tzinfo=UTC)

    def duration(self, days: int, hours: int, us: int) -> timedelta:
        return timedelta(days, hours=hours, microseconds=us)

    def elapsed(self, a: datetime, hours: int) -> bool:
        return a - datetime(2024, 1, 1, tzinfo=UTC) >= timedelta(hours=hours % 100)
