"""A time beyond year 9999 traps with OverflowError."""

from datetime import UTC, datetime, timedelta

from camshaft import Machine

INPUTS = [("go", n) for n in (0, 1, 366, 4_000_000, -4_000_000, 10**9, -(10**9))]


class Overflow(Machine):
    now: datetime = datetime(2024, 1, 1, tzinfo=UTC)

    def go(self, days: int) -> datetime:
        self.now += timedelta(days=days)
        return self.now
