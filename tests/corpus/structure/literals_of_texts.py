"""`Literal["a", "b"]` holds one of them, and `match` over it is exhaustive."""

from typing import Literal

from camshaft import Machine

INPUTS = [("put", "low"), ("level",), ("put", "high"), ("level",)]


class Levels(Machine):
    now: Literal["low", "high"] = "low"

    def put(self, level: Literal["low", "high"]) -> bool:
        before = self.now
        self.now = level
        return before == level

    def level(self) -> int:
        match self.now:
            case "low":
                return 0
            case "high":
                return 10
