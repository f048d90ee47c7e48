"""A machine with a parameter and a result of each type that has objects of its own in Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Literal

from camshaft import Machine, Refusal


class Unit(Enum):
    CELSIUS = "c"
    KELVIN = "k"


Mode = Literal["fast", "slow"]


@dataclass(frozen=True)
class Reading:
    at: datetime
    value: float
    unit: Unit = Unit.CELSIUS


class TooCold(Refusal):
    unit: Unit
    value: float
    since: timedelta


class Gauge(Machine):
    readings: list[Reading] = []
    tags: set[str] = set()
    mode: Mode = "fast"
    every: timedelta = timedelta(minutes=5)
    raw: bytes = b""
    limits: dict[Unit, float] = {Unit.KELVIN: 0.0}

    def half(self, x: float) -> float:
        return x / 2

    def tag(self, tags: set[str]) -> frozenset[str]:
        self.tags |= tags
        return frozenset(self.tags)

    def switch(self, mode: Mode, unit: Unit | None = None) -> tuple[Mode, Unit | None]:
        before = self.mode
        self.mode = mode
        return before, unit

    def next_unit(self, unit: Unit) -> Unit:
        return Unit.KELVIN if unit is Unit.CELSIUS else Unit.CELSIUS

    def after(self, at: datetime) -> datetime:
        return at + self.every

    def wait(self, by: timedelta) -> timedelta:
        self.every += by
        return self.every

    def add(self, data: bytes) -> bytes:
        self.raw += data
        return self.raw

    def read(self, reading: Reading) -> list[Reading]:
        if reading.unit in self.limits and reading.value < self.limits[reading.unit]:
            raise TooCold(reading.unit, reading.value, self.every)
        self.readings.append(reading)
        return self.readings

    def all_limits(self) -> dict[Unit, float]:
        return self.limits

    def epoch(self) -> datetime:
        return datetime(1970, 1, 1, tzinfo=UTC)
