"""Operations on times and durations: integers of microseconds, in the ranges of Python's `datetime` and `timedelta`.

Nothing here reads a clock or knows a zone: time enters a machine through the journal, in UTC.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from camshaft.bytecode.patterns import TupleOf
from camshaft.bytecode.primitives.table import PrimitiveOperation, row
from camshaft.errors import BadValue, DividedByZero, TooLarge
from camshaft.values.times import (
    DAY,
    MAX_DURATION,
    MAX_TIME,
    MIN_DURATION,
    MIN_TIME,
    SECOND,
    from_datetime,
    to_datetime,
)
from camshaft.values.types import DURATION, FLOAT, INT, STR, TIME, WIDE, tuple_of


def as_time(microseconds: int) -> int:
    """The microseconds themselves, where a time may have so many.

    Raises:
        TooLarge: they are before year 1 or after year 9999.
    """
    if not MIN_TIME <= microseconds <= MAX_TIME:
        raise TooLarge("a time before year 1 or after year 9999")
    return microseconds


def as_duration(microseconds: int) -> int:
    """The microseconds themselves, where a duration may have so many.

    Raises:
        TooLarge: they are more than 999,999,999 days, forwards or back.
    """
    if not MIN_DURATION <= microseconds <= MAX_DURATION:
        raise TooLarge("a duration of more than 999,999,999 days")
    return microseconds


def _divided(operation: Callable[[int, int], Any]) -> Callable[[int, int], Any]:
    def divide(left: int, right: int) -> Any:
        if right == 0:
            raise DividedByZero("division by zero")
        return operation(left, right)

    return divide


def _parts(time: int) -> tuple[int, ...]:
    moment = to_datetime(time)
    date = (moment.year, moment.month, moment.day)
    return (*date, moment.hour, moment.minute, moment.second, moment.microsecond)


def _of_parts(parts: tuple[int, ...]) -> int:
    try:
        return from_datetime(datetime(*parts, tzinfo=UTC))  # type: ignore[misc, arg-type]  # seven integers
    except (ValueError, OverflowError):
        raise BadValue(f"no day and time of the calendar is {parts}"[:200]) from None


def _seconds(duration: int) -> float:
    return duration / SECOND


_TIMES: Final = ((TIME, DURATION), TIME)
_DURATIONS: Final = ((DURATION, DURATION), DURATION)
_TOO_LARGE: Final = ("OverflowError",)
_ZERO: Final = ("ZeroDivisionError",)
_PARTS: Final = tuple_of(*[INT] * 7)

ROWS: Final[tuple[PrimitiveOperation, ...]] = (
    row(191, "time_add", "the time so long after", lambda time, by: as_time(time + by), _TIMES, traps=_TOO_LARGE),
    row(192, "time_subtract", "the time so long before", lambda time, by: as_time(time - by), _TIMES, traps=_TOO_LARGE),
    row(
        193,
        "time_between",
        "how long the first is after the second",
        lambda time, since: time - since,
        ((TIME, TIME), DURATION),
    ),
    row(194, "duration_add", "the sum", lambda one, other: as_duration(one + other), _DURATIONS, traps=_TOO_LARGE),
    row(
        195,
        "duration_subtract",
        "the difference",
        lambda one, other: as_duration(one - other),
        _DURATIONS,
        traps=_TOO_LARGE,
    ),
    row(
        196,
        "duration_negate",
        "the same span backwards",
        lambda span: as_duration(-span),
        ((DURATION,), DURATION),
        traps=_TOO_LARGE,
    ),
    row(
        197,
        "duration_absolute",
        "the span forwards",
        lambda span: as_duration(abs(span)),
        ((DURATION,), DURATION),
        traps=_TOO_LARGE,
    ),
    row(
        198,
        "duration_multiply",
        "so many times the span",
        lambda span, by: as_duration(span * by),
        ((DURATION, WIDE), DURATION),
        traps=_TOO_LARGE,
        cost=2,
    ),
    row(
        199,
        "duration_floor_divide",
        "how often the second fits into the first, rounded towards minus infinity",
        _divided(lambda left, right: left // right),
        ((DURATION, DURATION), INT),
        traps=_ZERO,
        cost=2,
    ),
    row(
        200,
        "duration_modulo",
        "what is left of the first, with the sign of the second",
        _divided(lambda left, right: left % right),
        _DURATIONS,
        traps=_ZERO,
        cost=2,
    ),
    row(
        201,
        "duration_split",
        "one of so many parts of the span, rounded towards minus infinity",
        # The longest span divided by -1 is further back than any duration reaches.
        _divided(lambda left, right: as_duration(left // right)),
        ((DURATION, WIDE), DURATION),
        traps=(*_ZERO, *_TOO_LARGE),
        cost=2,
    ),
    row(
        202,
        "duration_of_microseconds",
        "the span of so many microseconds",
        as_duration,
        ((WIDE,), DURATION),
        traps=_TOO_LARGE,
    ),
    row(203, "duration_microseconds", "how many microseconds a span has", lambda span: span, ((DURATION,), INT)),
    row(204, "duration_seconds", "how many seconds a span has, as the nearest float", _seconds, ((DURATION,), FLOAT)),
    row(
        205,
        "duration_to_str",
        "days, hours, minutes and seconds, as Python shows them",
        lambda span: str(timedelta(microseconds=span)),
        ((DURATION,), STR),
        cost=20,
    ),
    row(
        206,
        "time_of_microseconds",
        "the time so many microseconds after 1970-01-01T00:00:00Z",
        as_time,
        ((WIDE,), TIME),
        traps=_TOO_LARGE,
    ),
    row(
        207,
        "time_microseconds",
        "how many microseconds a time is after 1970-01-01T00:00:00Z",
        lambda time: time,
        ((TIME,), INT),
    ),
    row(208, "time_parts", "year, month, day, hour, minute, second, microsecond", _parts, ((TIME,), _PARTS), cost=10),
    row(
        209,
        "time_of_parts",
        "the time of a year, month, day, hour, minute, second, microsecond",
        _of_parts,
        ((TupleOf((INT,) * 7),), TIME),
        traps=("ValueError",),
        cost=10,
    ),
    row(
        210,
        "time_weekday",
        "the day of the week, from 0 for Monday",
        lambda time: (time // DAY + 3) % 7,
        ((TIME,), INT),
    ),
    row(
        211,
        "time_isoformat",
        "the time as Python's `isoformat` shows it, with the offset +00:00",
        lambda time: to_datetime(time).isoformat(),
        ((TIME,), STR),
        cost=20,
    ),
)
