"""`days`, `seconds`, `microseconds` of negative durations, `total_seconds`, text, multiples and quotients."""

from datetime import timedelta

from camshaft import Machine


class Durations(Machine):
    kept: timedelta = timedelta(days=-1, microseconds=1)

    def parts(self, d: timedelta) -> list[int]:
        return [d.days, d.seconds, d.microseconds]

    def seconds(self, d: timedelta) -> float:
        return d.total_seconds()

    def text(self, d: timedelta) -> str:
        return f"{d}" + str(-d)

    def many(self, d: timedelta, n: int) -> timedelta:
        self.kept = d * n
        return abs(self.kept) // 2

    def divide(self, d: timedelta, by: timedelta) -> int:
        return d // by

    def rest(self, d: timedelta, by: timedelta) -> timedelta:
        return d % by
