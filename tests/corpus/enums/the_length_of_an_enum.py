"""`len` of an enum counts its members; another name of a member is none."""

from enum import Enum

from camshaft import Machine


class Color(Enum):
    RED = 1
    GREEN = 2
    ROT = 1


class Count(Machine):
    color: Color = Color.RED

    def turn(self, by: int) -> int:
        members = list(Color)
        self.color = members[(members.index(self.color) + by) % len(Color)]
        return len(Color)
