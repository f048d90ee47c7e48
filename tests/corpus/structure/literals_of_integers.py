"""`Literal[1, 2]` is an int that is one of these."""

from typing import Literal

from camshaft import Machine

INPUTS = [("put", 1), ("put", 2), ("put", 1), ("double",)]


class Gear(Machine):
    gear: Literal[1, 2] = 1

    def put(self, gear: Literal[1, 2]) -> bool:
        before = self.gear
        self.gear = gear
        return before == gear

    def double(self) -> int:
        return self.gear * 2
