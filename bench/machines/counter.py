"""One integer, counted up: what a step costs besides what it does."""

from __future__ import annotations

from collections.abc import Sequence

from camshaft import Machine
from machines.case import Case


class Counter(Machine):
    count: int = 0

    def incr(self) -> None:
        self.count += 1


class PlainCounter:
    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0

    def incr(self) -> None:
        self.count += 1


def drive(counter: Counter | PlainCounter, inputs: Sequence[None]) -> None:
    incr = counter.incr
    for _ in inputs:
        incr()


CASE = Case("counter", 1.3, Counter, PlainCounter, [None] * 20_000, drive)
