"""Times and durations are keys, and are sorted."""

from datetime import datetime, timedelta

from camshaft import Machine


class Keys(Machine):
    seen: dict[datetime, int] = {}

    def see(self, t: datetime) -> int:
        self.seen[t] = self.seen.get(t, 0) + 1
        return self.seen[t]

    def sorted(self, ts: list[datetime]) -> list[datetime]:
        return sorted(ts) + [min(ts), max(ts)]

    def longest(self, ds: list[timedelta]) -> timedelta:
        return max(ds, default=timedelta(0))
