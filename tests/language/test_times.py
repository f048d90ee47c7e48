"""Moments in UTC and spans of time mean what they mean in Python."""

from __future__ import annotations

import datetime as dt
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine, Rejected, simulate
from generators.differential import agree, call

DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Calendar(Machine):
    start: datetime = datetime(2026, 1, 31, 12, 30, tzinfo=UTC)
    spent: timedelta = timedelta()
    due: dict[datetime, str] = {}
    last: datetime | None = None

    def shift(self, by: timedelta) -> datetime:
        self.last = self.start
        self.start += by
        self.spent = self.spent + by
        return self.start

    def back(self, by: timedelta) -> list[datetime]:
        return [self.start - by, by + self.start, self.start - DAY]

    def since(self, moment: datetime) -> timedelta:
        return self.start - moment

    def compared(self, a: datetime, b: datetime) -> list[bool]:
        return [a < b, a <= b, a == b, a != b, a > b, a >= b, bool(a)]

    def spans(self, a: timedelta, b: timedelta, n: int) -> list[timedelta]:
        return [a + b, a - b, -a, +a, abs(a), a * n, n * b]

    def split(self, a: timedelta, b: timedelta, n: int) -> tuple[int, timedelta, timedelta, float]:
        return (a // b, a % b, a // n, a / b)

    def compared_spans(self, a: timedelta, b: timedelta) -> list[bool]:
        return [a < b, a <= b, a == b, a != b, a > b, a >= b, bool(a), not b]

    def parts(self, t: datetime) -> list[int]:
        return [t.year, t.month, t.day, t.hour, t.minute, t.second, t.microsecond, t.weekday(), t.isoweekday()]

    def parts_of_span(self, d: timedelta) -> tuple[int, int, int, float]:
        return (d.days, d.seconds, d.microseconds, d.total_seconds())

    def texts(self, t: datetime, d: timedelta) -> list[str]:
        return [str(t), f"{t}", t.isoformat(), str(d), f"{d}"]

    def timestamp(self, t: datetime) -> float:
        return t.timestamp()

    def made(self, year: int, month: int, day: int, hour: int) -> datetime:
        return datetime(year, month, day, hour, tzinfo=UTC)

    def made_otherwise(self, minute: int) -> datetime:
        return dt.datetime(2026, 2, 3, minute=minute, tzinfo=UTC, second=5, microsecond=6)

    def span(self, days: int, hours: int, micros: int) -> timedelta:
        return timedelta(days, hours=hours, microseconds=micros)

    def long_span(self, n: int) -> timedelta:
        return timedelta(weeks=n, minutes=-n, milliseconds=3, seconds=4)

    def midnight(self, t: datetime) -> datetime:
        return t.replace(hour=0, minute=0, second=0, microsecond=0)

    def day_of(self, t: datetime, day: int) -> datetime:
        return t.replace(day=day)

    def plan(self, what: str, at: datetime) -> list[str]:
        self.due[at] = what
        return [self.due[one] for one in sorted(self.due)]

    def latest(self) -> datetime:
        return max(self.due)

    def unix(self, seconds: int) -> datetime:
        return EPOCH + timedelta(seconds=seconds)


def in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)


moments = st.datetimes().map(in_utc) | st.sampled_from([in_utc(datetime.min), in_utc(datetime.max), EPOCH])
spans = st.timedeltas() | st.sampled_from([timedelta.min, timedelta.max, timedelta(), timedelta(microseconds=-1)])
numbers = st.integers(-5, 5) | st.integers(-(2**40), 2**70)


@given(moments, moments, spans)
def test_moments(a: datetime, b: datetime, by: timedelta) -> None:
    agree(
        Calendar,
        call("since", b),
        call("compared", a, b),
        call("back", by),
        call("shift", by),
        call("parts", a),
        call("texts", a, by),
        call("timestamp", b),
        call("midnight", a),
        call("plan", "a", a),
        call("plan", "b", b),
        call("latest"),
        start=a,
    )


@given(spans, spans, numbers)
def test_spans_of_time(a: timedelta, b: timedelta, n: int) -> None:
    agree(Calendar, call("spans", a, b, n), call("split", a, b, n), call("compared_spans", a, b))
    agree(Calendar, call("parts_of_span", a), call("spans", a, b, 0), call("split", a, timedelta(), 1))


parts = st.integers(-1, 40) | st.sampled_from([2026, 9999, 10_000, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 10**30])


@given(parts, parts, parts, parts)
def test_moments_are_made_of_their_parts(year: int, month: int, day: int, hour: int) -> None:
    agree(
        Calendar,
        call("made", year, month, day, hour),
        call("made", 2024, month, day, hour),
        call("made_otherwise", hour),
        call("day_of", EPOCH, day),
    )


@given(numbers, numbers, numbers)
def test_spans_are_made_of_their_parts(days: int, hours: int, micros: int) -> None:
    agree(
        Calendar,
        call("span", days, hours, micros),
        call("long_span", days),
        call("unix", hours),
        call("span", 10**9, -24 * 10**9, micros),
    )


def test_a_moment_outside_of_utc_is_rejected_with_what_to_write() -> None:
    calendar = simulate(Calendar)
    with pytest.raises(Rejected, match=r"names no zone; give a moment in UTC: `moment.astimezone\(UTC\)`"):
        calendar.since(datetime(2026, 1, 1))
    with pytest.raises(Rejected, match="is in the zone"):
        calendar.since(datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1))))
