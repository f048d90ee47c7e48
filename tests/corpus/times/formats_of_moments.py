"""Moments in f-strings and by `strftime`: numbers only, which are the same on every platform."""

from datetime import UTC, datetime, timedelta

from camshaft import Machine


class Calendar(Machine):
    start: datetime = datetime(2026, 1, 31, 23, 5, 9, 70, tzinfo=UTC)

    def day(self, days: int) -> str:
        return f"{self.start + timedelta(days=days):%Y-%m-%d}"

    def whole(self, hours: int, minutes: int) -> str:
        when = self.start + timedelta(hours=hours, minutes=minutes)
        return f"[{when:%d.%m.%y, %H:%M:%S.%f} 100%%] {when:at %H} {when}"

    def by_method(self, days: int) -> tuple[str, str, str]:
        when = self.start + timedelta(days=days)
        return when.strftime("%Y/%m"), when.strftime("no part"), (when + timedelta(1)).strftime("%Y%Y%d")

    def width(self) -> str:
        return f"{self.start:%H:%M}".rjust(9) + f"{self.start:%H:%M}"
