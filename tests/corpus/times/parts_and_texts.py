"""The parts of moments and spans, their texts, and making them of parts."""

from datetime import UTC, datetime, timedelta

from camshaft import Machine

INTEGERS = [-1, 0, 1, 2, 12, 13, 24, 29, 30, 31, 60, 2023, 2024, 9999, 10_000, 2**31, -(2**31) - 1, 10**12]


class Parts(Machine):
    def of_moment(self, t: datetime) -> list[int]:
        return [t.year, t.month, t.day, t.hour, t.minute, t.second, t.microsecond, t.weekday(), t.isoweekday()]

    def of_span(self, d: timedelta) -> tuple[int, int, int, float]:
        return (d.days, d.seconds, d.microseconds, d.total_seconds())

    def texts(self, t: datetime, d: timedelta) -> list[str]:
        return [str(t), t.isoformat(), str(d), f"{t} {d}"]

    def seconds(self, t: datetime) -> float:
        return t.timestamp()

    def made(self, year: int, month: int, day: int) -> datetime:
        return datetime(year, month, day, tzinfo=UTC)

    def made_late(self, hour: int, minute: int) -> datetime:
        return datetime(2024, 2, 29, hour, minute=minute, tzinfo=UTC, second=1)

    def span(self, days: int, seconds: int, weeks: int) -> timedelta:
        return timedelta(days, seconds, 3, weeks=weeks, minutes=-1)

    def at_midnight(self, t: datetime) -> datetime:
        return t.replace(hour=0, minute=0, second=0, microsecond=0)

    def at_day(self, t: datetime, day: int) -> datetime:
        return t.replace(day=day)
