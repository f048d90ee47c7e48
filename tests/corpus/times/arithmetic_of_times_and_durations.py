"""Times and durations are added, subtracted and compared exactly."""

from datetime import UTC, datetime, timedelta

from camshaft import Machine

START = datetime(2024, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC)
INPUTS = [("wait", timedelta(seconds=n)) for n in (0, 1, -1, 86_400)] + [("left", START), ("late", START)]


class Clock(Machine):
    now: datetime = datetime(2024, 2, 28, tzinfo=UTC)

    def wait(self, delay: timedelta) -> datetime:
        self.now = self.now + delay
        return self.now

    def left(self, until: datetime) -> timedelta:
        return until - self.now

    def late(self, at: datetime) -> list[bool]:
        return [at < self.now, at == self.now, at - self.now > timedelta(hours=1)]
