"""Moments and spans of time: integers of microseconds as values, ISO 8601 as people see them.

A `Time` counts from 1970-01-01T00:00:00Z, in UTC without leap seconds, and has the range of Python's `datetime`; a
`Duration` has that of `timedelta`. Nothing here reads a clock.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SECOND: Final = 1_000_000
DAY: Final = 86_400 * SECOND
_TICK: Final = timedelta(microseconds=1)
MIN_TIME: Final = (datetime.min.replace(tzinfo=UTC) - EPOCH) // _TICK
MAX_TIME: Final = (datetime.max.replace(tzinfo=UTC) - EPOCH) // _TICK
MIN_DURATION: Final = timedelta.min // _TICK
MAX_DURATION: Final = timedelta.max // _TICK

_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII)
_DURATION: Final = re.compile(
    r"(-?)P(?:(\d{1,15})D)?(?:T(?=\d)(?:(\d{1,15})H)?(?:(\d{1,15})M)?(?:(\d{1,15})(?:\.(\d{1,6}))?S)?)?", re.ASCII
)


def to_datetime(time: int) -> datetime:
    """The moment as Python's own object, in UTC."""
    return EPOCH + timedelta(microseconds=time)


def from_datetime(moment: datetime) -> int:
    """The time of a moment that knows its zone."""
    return (moment - EPOCH) // _TICK


def show_time(time: int) -> str:
    """A time as ISO 8601 text: `2026-01-31T12:00:00Z`, with the microseconds where there are any."""
    return to_datetime(time).replace(tzinfo=None).isoformat() + "Z"


def read_time(text: str) -> int | None:
    """The time that a text of date, time and zone shows, in UTC; None where it shows none within the range."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    moment, fraction, sign, hours, minutes = match.groups()
    try:
        time = from_datetime(datetime.fromisoformat(moment).replace(tzinfo=UTC))
    except ValueError:
        return None  # of the form, but no day of the calendar
    if sign is not None:
        if int(hours) > 23 or int(minutes) > 59:
            return None
        offset = (int(hours) * 60 + int(minutes)) * 60 * SECOND
        time += -offset if sign == "+" else offset
    time += _microseconds(fraction)
    return time if MIN_TIME <= time <= MAX_TIME else None


def show_duration(duration: int) -> str:
    """A duration as ISO 8601 text: `P1DT2H3M4.5S`, `-PT0.000001S`, `PT0S`."""
    days, rest = divmod(abs(duration), DAY)
    seconds, microseconds = divmod(rest, SECOND)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{microseconds:06}".rstrip("0") if microseconds else ""
    date = f"{days}D" if days else ""
    time = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    time += f"{seconds}{fraction}S" if seconds or fraction else ""
    sign = "-" if duration < 0 else ""
    return f"{sign}P{date}T{time}" if time else f"{sign}P{date or 'T0S'}"


def read_duration(text: str) -> int | None:
    """The duration that a text of days, hours, minutes and seconds shows; None where it shows none within the
    range. Months and years are of no fixed length, so there are none."""
    match = _DURATION.fullmatch(text)
    if match is None or text.endswith("P"):
        return None
    sign, *parts, fraction = match.groups()
    days, hours, minutes, seconds = (int(part or 0) for part in parts)
    duration = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * SECOND + _microseconds(fraction)
    duration = -duration if sign else duration
    return duration if MIN_DURATION <= duration <= MAX_DURATION else None


def _microseconds(fraction: str | None) -> int:
    return int(fraction.ljust(6, "0")) if fraction else 0
