"""The twin of a device in the field: what it should be set to, what it says it is set to, and the difference."""

from datetime import datetime

import camshaft as cam
from camshaft import Machine, Refusal


class OldReport(Refusal):
    """The device has sent a later report before this one: the network turned them round."""

    number: int
    last: int


class DeviceTwin(Machine):
    """One device; its serial number is the key of its address: `device-twin/A1B2`."""

    desired: dict[str, float] = {}
    reported: dict[str, float] = {}
    last_report: int = 0
    seen_at: datetime | None = None

    def set(self, name: str, value: float) -> None:
        """Say what a setting should be."""
        self.desired[name] = value

    def unset(self, name: str) -> bool:
        """Leave a setting to the device; False where it was."""
        return self.desired.pop(name, None) is not None

    def report(self, number: int, values: dict[str, float]) -> dict[str, float]:
        """The device says what it is set to; gives what it has to change. Reports are numbered from 1."""
        if number <= self.last_report:
            raise OldReport(number=number, last=self.last_report)
        self.last_report = number
        self.seen_at = cam.now()
        self.reported.update(values)
        return self.delta()

    def delta(self) -> dict[str, float]:
        """The settings that the device has not taken over yet."""
        return {name: value for name, value in self.desired.items() if self.reported.get(name) != value}

    def in_sync(self) -> bool:
        """Whether the device is set as it should be."""
        return not self.delta()

    def silent_for_s(self) -> float | None:
        """For how many seconds nothing was heard, None where nothing ever was."""
        if self.seen_at is None:
            return None
        return (cam.now() - self.seen_at).total_seconds()
