"""A rate limiter: integers, comparisons and two writes."""

from __future__ import annotations

import random
from collections.abc import Sequence

from camshaft import Machine
from machines.case import Case

CAPACITY = 10_000
REFILL_PER_MS = 5


class TokenBucket(Machine):
    tokens: int = CAPACITY
    filled_at_ms: int = 0
    denied: int = 0

    def take(self, now_ms: int, wanted: int) -> bool:
        elapsed = now_ms - self.filled_at_ms
        if elapsed > 0:
            tokens = self.tokens + elapsed * REFILL_PER_MS
            if tokens > CAPACITY:
                tokens = CAPACITY
            self.tokens = tokens
            self.filled_at_ms = now_ms
        if wanted > self.tokens:
            self.denied += 1
            return False
        self.tokens -= wanted
        return True


class PlainTokenBucket:
    __slots__ = ("denied", "filled_at_ms", "tokens")

    def __init__(self) -> None:
        self.tokens = CAPACITY
        self.filled_at_ms = 0
        self.denied = 0

    def take(self, now_ms: int, wanted: int) -> bool:
        elapsed = now_ms - self.filled_at_ms
        if elapsed > 0:
            tokens = self.tokens + elapsed * REFILL_PER_MS
            if tokens > CAPACITY:
                tokens = CAPACITY
            self.tokens = tokens
            self.filled_at_ms = now_ms
        if wanted > self.tokens:
            self.denied += 1
            return False
        self.tokens -= wanted
        return True


def requests(count: int) -> list[tuple[int, int]]:
    """Requests of a service that is asked for a little more than it grants: about one in eight is denied."""
    choose = random.Random(1)
    now_ms = 0
    made = []
    for _ in range(count):
        now_ms += choose.choice((0, 0, 1, 2, 5))
        made.append((now_ms, choose.randrange(1, 19)))
    return made


def drive(bucket: TokenBucket | PlainTokenBucket, inputs: Sequence[tuple[int, int]]) -> None:
    take = bucket.take
    for now_ms, wanted in inputs:
        take(now_ms, wanted)


CASE = Case("token bucket", 1.2, TokenBucket, PlainTokenBucket, requests(10_000), drive)
