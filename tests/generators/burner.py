"""A machine that uses up what it is given: fuel, memory, the patience of those who wait."""

from __future__ import annotations

from camshaft import Machine


class Burner(Machine):
    rounds: int = 0
    items: list[int] = []
    pairings: dict[int, tuple[int, str]] = {}

    def burn(self) -> None:
        while True:
            self.rounds += 1

    def burnt(self) -> int:
        rounds = 0
        while rounds >= 0:
            rounds += 1
        return rounds

    def fill(self, count: int) -> None:
        for number in range(count):
            self.items.append(number)

    def pairs(self, count: int) -> None:
        for number in range(count):
            self.pairings[number] = (number, "x")
