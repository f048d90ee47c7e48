"""A loop of about a hundred rounds of arithmetic, left early. The language has no `while` yet."""

from __future__ import annotations

import random
from collections.abc import Sequence

from camshaft import Machine
from machines.case import Case

LIMIT = 1_000


class Collatz(Machine):
    longest: int = 0

    def walk(self, start: int) -> int:
        n = start
        steps = 0
        for _ in range(LIMIT):
            if n == 1:
                break
            if n % 2 == 0:
                n = n // 2
            else:
                n = 3 * n + 1
            steps += 1
        if steps > self.longest:
            self.longest = steps
        return steps


class PlainCollatz:
    __slots__ = ("longest",)

    def __init__(self) -> None:
        self.longest = 0

    def walk(self, start: int) -> int:
        n = start
        steps = 0
        for _ in range(LIMIT):
            if n == 1:
                break
            if n % 2 == 0:
                n = n // 2
            else:
                n = 3 * n + 1
            steps += 1
        if steps > self.longest:
            self.longest = steps
        return steps


def starts(count: int) -> list[int]:
    """Numbers whose walk is 88 steps long on average, and 261 at most."""
    choose = random.Random(1)
    return [choose.randrange(1, 10_000) for _ in range(count)]


def drive(collatz: Collatz | PlainCollatz, inputs: Sequence[int]) -> None:
    walk = collatz.walk
    for start in inputs:
        walk(start)


CASE = Case("collatz", 1.2, Collatz, PlainCollatz, starts(200), drive)
