"""Reading a property of an object must not change it."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass
class Dial:
    n: int = 0

    @property
    def next(self) -> int:
        self.n += 1
        return self.n


class Box(Machine):
    dial: Dial = Dial()

    def go(self) -> int:
        return self.dial.next  # error: CAM032
