"""The parts of a time, its weekday and its ISO text; `replace` of parts that do not fit traps with ValueError."""

from datetime import datetime

from camshaft import Machine


class Parts(Machine):
    def parts(self, t: datetime) -> list[int]:
        return [t.year, t.month, t.day, t.hour, t.minute, t.second, t.microsecond, t.weekday(), t.isoweekday()]

    def text(self, t: datetime) -> str:
        return t.isoformat()

    def replaced(self, t: datetime, day: int) -> datetime:
        return t.replace(day=day, hour=1)

    def stamp(self, t: datetime) -> float:
        return t.timestamp()
