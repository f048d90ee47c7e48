"""Times and durations as text: what is shown reads back, and what Python shows is understood."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.values.times import (
    MAX_DURATION,
    MAX_TIME,
    MIN_DURATION,
    MIN_TIME,
    from_datetime,
    read_duration,
    read_time,
    show_duration,
    show_time,
    to_datetime,
)
from generators.types import durations, times


@given(times)
def test_a_time_reads_back_as_it_is_shown(time: int) -> None:
    assert read_time(show_time(time)) == time


@given(times)
def test_a_time_is_a_moment_of_python(time: int) -> None:
    moment = to_datetime(time)
    assert from_datetime(moment) == time
    assert moment.isoformat() == show_time(time).replace("Z", "+00:00")


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)), st.integers(-1439, 1439))
def test_a_moment_of_any_zone_is_read_as_its_time_in_utc(moment: datetime, minutes: int) -> None:
    there = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert read_time(there.isoformat()) == from_datetime(there.astimezone(UTC))


@given(durations)
def test_a_duration_reads_back_as_it_is_shown(duration: int) -> None:
    assert read_duration(show_duration(duration)) == duration


def test_the_ranges_are_those_of_python() -> None:
    assert to_datetime(MIN_TIME) == datetime.min.replace(tzinfo=UTC)
    assert to_datetime(MAX_TIME) == datetime.max.replace(tzinfo=UTC)
    assert timedelta(microseconds=MIN_DURATION) == timedelta.min
    assert timedelta(microseconds=MAX_DURATION) == timedelta.max


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-31",
        "2026-01-31T12:00Z",
        "2026-01-31T12:00:00",
        "2026-01-31 12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-01-31T24:00:00Z",
        "2026-01-31T12:00:60Z",
        "2026-01-31T12:00:00.Z",
        "2026-01-31T12:00:00.1234567Z",
        "2026-01-31T12:00:00+24:00",
        "2026-01-31T12:00:00+1:00",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "٢026-01-31T12:00:00Z",
        "2026-01-31T12:00:00Z\n",
    ],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert read_time(text) is None


@pytest.mark.parametrize(
    "text",
    ["", "P", "-P", "PT", "P1DT", "P1Y", "P1M", "P1W", "1D", "+P1D", "PT1.5M", "PT.5S", "PT1S1M", "P1000000000D",
     "PT" + "9" * 40 + "S", "P1D\n"],
)  # fmt: skip
def test_what_is_no_duration_is_none(text: str) -> None:
    assert read_duration(text) is None
