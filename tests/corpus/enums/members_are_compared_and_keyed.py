"""Members of an Enum are compared, matched, stored, and are keys."""

from enum import Enum

from camshaft import Machine


class Color(Enum):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


class Lights(Machine):
    now: Color = Color.RED
    counts: dict[Color, int] = {}

    def put(self, color: Color) -> int:
        self.now = color
        self.counts[color] = self.counts.get(color, 0) + 1
        return self.counts[color]

    def next(self) -> Color:
        match self.now:
            case Color.RED:
                self.now = Color.GREEN
            case Color.GREEN:
                self.now = Color.BLUE
            case Color.BLUE:
                self.now = Color.RED
        return self.now

    def is_red(self) -> bool:
        return self.now == Color.RED or self.now is Color.BLUE
