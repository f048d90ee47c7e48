"""Settings are numbers, texts or switches; readings are kept with their times, so that a trend can be seen."""

from dataclasses import dataclass
from datetime import datetime

import camshaft as cam
import device_twin
from camshaft import Machine, Refusal, migration
from device_twin import OldReport

KEPT_READINGS = 60


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Text:
    value: str


@dataclass(frozen=True)
class Switch:
    on: bool


Setting = Number | Text | Switch


@dataclass
class Property:
    """One thing that can be set. `None`: nobody has said what it should be, or the device what it is."""

    desired: Setting | None = None
    reported: Setting | None = None
    changed_at: datetime | None = None

    def differs(self) -> bool:
        return self.desired is not None and self.desired != self.reported


@dataclass(frozen=True)
class Reading:
    at: datetime
    value: float


class NotANumber(Refusal):
    name: str


class DeviceTwin(Machine):
    """One device; its serial number is the key of its address: `device-twin/A1B2`."""

    properties: dict[str, Property] = {}
    readings: dict[str, list[Reading]] = {}
    last_report: int = 0
    seen_at: datetime | None = None

    def set(self, name: str, value: Setting) -> None:
        """Say what a setting should be."""
        if name not in self.properties:
            self.properties[name] = Property()
        self.properties[name].desired = value

    def report(self, number: int, values: dict[str, Setting]) -> dict[str, Setting]:
        """The device says what it is set to; gives what it has to change. Reports are numbered from 1."""
        if number <= self.last_report:
            raise OldReport(number=number, last=self.last_report)
        self.last_report = number
        self.seen_at = cam.now()
        for name, value in values.items():
            if name not in self.properties:
                self.properties[name] = Property()
            known = self.properties[name]
            if known.reported != value:
                known.reported = value
                known.changed_at = cam.now()
            if isinstance(value, Number):
                self._keep(name, value.value)
        return self.delta()

    def delta(self) -> dict[str, Setting]:
        """The settings that the device has not taken over yet."""
        found: dict[str, Setting] = {}
        for name, one in self.properties.items():
            if one.desired is not None and one.differs():
                found[name] = one.desired
        return found

    def in_sync(self) -> bool:
        """Whether the device is set as it should be."""
        return not any(one.differs() for one in self.properties.values())

    def describe(self, name: str) -> str:
        """What the device says of one setting, in words."""
        match self.properties[name].reported:
            case None:
                return f"{name}: not reported"
            case Number(value):
                return f"{name}: {value:.1f}"
            case Text(value=""):
                return f"{name}: empty"
            case Text(value=text):
                return f"{name}: {text}"
            case Switch(on=True):
                return f"{name}: on"
            case Switch():
                return f"{name}: off"

    def average(self, name: str) -> float:
        """The mean of the last readings of a number."""
        readings = self.readings.get(name, [])
        if not readings:
            raise NotANumber(name)
        total = 0.0
        for one in readings:
            total += one.value
        return total / len(readings)

    def silent_for_s(self) -> float | None:
        """For how many seconds nothing was heard, None where nothing ever was."""
        if self.seen_at is None:
            return None
        return (cam.now() - self.seen_at).total_seconds()

    def _keep(self, name: str, value: float) -> None:
        if name not in self.readings:
            self.readings[name] = []
        kept = self.readings[name]
        kept.append(Reading(cam.now(), value))
        if len(kept) > KEPT_READINGS:
            kept.pop(0)


@migration
def to_properties(was: device_twin.DeviceTwin) -> DeviceTwin:
    properties = {
        name: Property(reported=Number(value), changed_at=was.seen_at) for name, value in was.reported.items()
    }
    for name, value in was.desired.items():
        if name not in properties:
            properties[name] = Property()
        properties[name].desired = Number(value)
    return DeviceTwin(properties=properties, last_report=was.last_report, seen_at=was.seen_at)
