"""The argument changes the object whose method it is for."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass
class Dial:
    n: int = 0

    def turn(self, by: int) -> int:
        self.n += by
        return self.n


class Box(Machine):
    dial: Dial = Dial()

    def go(self) -> int:
        return self.dial.turn(self.dial.turn(3))  # error: CAM031
