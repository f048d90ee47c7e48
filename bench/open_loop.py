"""Clients that call at a given rate whatever the node does, as many people behind many clients do.

A client that waits for its answer before it calls again calls less while a node is slow, and never sees how long others
would have waited. Here calls are due at times of their own, and a call takes from when it was due until it is answered.

The rule of this file: what is sent and what comes back are bytes that are known beforehand, so that a call costs the
measuring process next to nothing; and its garbage collector waits, whose pauses are not the node's.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import uvloop

TICK_S = 0.001
"""How often what has become due is sent."""
MOST_UNANSWERED = 50_000
"""While so many calls are not answered, none is made: what is due meanwhile is made late, and takes the longer. A node
turns calls away where twice as many wait."""
_ANSWER = b"$-1\r\n"


def packed(*words: str) -> bytes:
    """A command as RESP."""
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word.encode()) for word in words)


@dataclass(slots=True)
class Latencies:
    """How long calls took, as pairs of seconds and how many calls took them."""

    taken: list[tuple[float, int]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many calls were answered."""
        return sum(count for _, count in self.taken)

    def share_ms(self, share: float) -> float:
        """What that share of all calls took at most, in milliseconds."""
        left = share * self.count
        for took_s, count in sorted(self.taken):
            left -= count
            if left <= 0:
                return took_s * 1_000
        raise ValueError("nothing was measured")


class Caller(asyncio.Protocol):
    """One connection that makes one call again and again."""

    def __init__(self, command: bytes, latencies: Latencies, in_flight: int | None = None) -> None:
        """`in_flight`: how many calls it keeps in flight by itself; None: it calls when it is told to."""
        self.latencies = latencies
        self.answered = 0
        self.sent = 0
        self.wrong: bytes | None = None
        """What came instead of an answer, or that the connection was lost."""
        self._command = command
        self._in_flight = in_flight
        self._due: deque[tuple[float, int]] = deque()
        self._part = 0
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin where there is nobody to tell when."""
        self._transport = transport
        if self._in_flight is not None:
            self.call(self._in_flight, time.perf_counter())

    def call(self, count: int, due_s: float) -> None:
        """Make so many calls, which were due at a time."""
        self._due.append((due_s, count))
        self.sent += count
        self._transport.write(self._command * count)

    def data_received(self, data: bytes) -> None:
        """Count answers: all have the same length."""
        self._part += len(data)
        count, self._part = divmod(self._part, len(_ANSWER))
        if data.count(b"-1") < count - 1:
            self.wrong = self.wrong or data[:200]
        self.answered += count
        now_s = time.perf_counter()
        left = count
        while left and self._due:
            due_s, waiting = self._due.popleft()
            done = min(left, waiting)
            self.latencies.taken.append((now_s - due_s, done))
            if waiting > done:
                self._due.appendleft((due_s, waiting - done))
            left -= done
        if self._in_flight is not None and count:
            self.call(count, now_s)

    def connection_lost(self, reason: Exception | None) -> None:
        """A connection that is lost while calls are not answered has lost them."""
        if self.sent > self.answered:
            self.wrong = self.wrong or f"the connection was lost: {reason}".encode()

    def stop(self) -> None:
        """Call no more by itself."""
        self._in_flight = None

    def close(self) -> None:
        """End the connection."""
        self._transport.close()


async def connected(port: int, commands: Sequence[bytes], in_flight: int | None = None) -> list[Caller]:
    """A connection for each of these commands."""
    loop = asyncio.get_running_loop()
    callers = []
    for command in commands:
        _, caller = await loop.create_connection(lambda: Caller(command, Latencies(), in_flight), "127.0.0.1", port)  # noqa: B023 - it is called at once
        callers.append(caller)
    return callers


async def drain(callers: Sequence[Caller], patience_s: float = 30.0) -> None:
    """Wait until all calls are answered, and close. Raises RuntimeError where one was not, or wrongly."""
    deadline_s = time.perf_counter() + patience_s
    while any(caller.answered < caller.sent and caller.wrong is None for caller in callers):
        if time.perf_counter() > deadline_s:
            raise RuntimeError(f"calls were not answered within {patience_s:g} s")
        await asyncio.sleep(TICK_S)
    for caller in callers:
        caller.close()
        if caller.wrong is not None:
            raise RuntimeError(f"a call was not answered: {caller.wrong!r}")


async def at_rate(callers: Sequence[Caller], calls_per_s: float, seconds: float, burst: int = 1) -> None:
    """Make calls at a rate for some seconds, on one connection after the other, so many at a time on each."""
    began_s = time.perf_counter()
    total = int(calls_per_s * seconds)
    made = turn = 0
    while made < total and not any(caller.wrong for caller in callers):
        answered = sum(caller.answered for caller in callers)
        due = min(total, int((time.perf_counter() - began_s) * calls_per_s), answered + MOST_UNANSWERED)
        while made + burst <= due or made < due == total:
            count = min(burst, total - made)
            # When the last of these became due.
            callers[turn % len(callers)].call(count, began_s + (made + count) / calls_per_s)
            made += count
            turn += 1
        await asyncio.sleep(TICK_S)


def capacity(port: int, commands: Sequence[bytes], in_flight: int, seconds: float) -> float:
    """Calls a second with so many in flight on each connection."""

    async def measured() -> float:
        callers = await connected(port, commands, in_flight)
        await asyncio.sleep(seconds / 4)
        before, began_s = sum(caller.answered for caller in callers), time.perf_counter()
        await asyncio.sleep(seconds)
        rate = (sum(caller.answered for caller in callers) - before) / (time.perf_counter() - began_s)
        for caller in callers:
            caller.stop()
        await drain(callers)
        return rate

    return uvloop.run(measured())


def latencies(port: int, commands: Sequence[bytes], calls_per_s: float, seconds: float, burst: int = 1) -> Latencies:
    """What calls take at a rate, so many at a time."""

    async def measured() -> Latencies:
        callers = await connected(port, commands)
        await at_rate(callers, calls_per_s, seconds, burst)
        await drain(callers)
        return Latencies([each for caller in callers for each in caller.latencies.taken])

    gc.collect()
    gc.disable()
    try:
        return uvloop.run(measured())
    finally:
        gc.enable()
