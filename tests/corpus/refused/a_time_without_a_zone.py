"""Moments are in UTC."""

from datetime import datetime

from camshaft import Machine


class Box(Machine):
    def go(self, year: int) -> datetime:
        return datetime(year, 1, 1)  # error: CAM018
