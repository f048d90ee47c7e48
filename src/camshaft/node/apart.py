"""Answers that take long to write down: a child process writes them, from the node's memory as it was at one moment.

A state of a million entries takes most of a second to become JSON, and cannot be written a little at a time while
inputs change it. Its client waits for the child, and nobody else does. There is one child at a time, since each may
need as much memory as its answer and what the node changes meanwhile; and a rest between two, since the node stands
still for each fork.

Rule: a child only reads what it has in memory, and files that never change; the journal's file is not touched.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Generator
from contextlib import suppress
from time import perf_counter
from typing import Any, Final

from camshaft.errors import Rejected
from camshaft.node.forking import forked
from camshaft.node.later import Later
from camshaft.node.limits import Limits
from camshaft.node.replies import Encoded, Protocol, too_large

_AT_ONCE_BYTES: Final = 1 << 16
_REST: Final = 9
"""For how many times as long as a fork took there is no other one: so a tenth of a node's time goes into forks at most,
whatever is asked of it."""
_GOOD: Final = b"+"
_REJECTED: Final = b"-"
_TASK: Final = "the answer cannot be written"


class Children:
    """What writes the answers of a node that take long, one after the other."""

    def __init__(self, loop: asyncio.AbstractEventLoop, limits: Limits, work: Callable[[], None]) -> None:
        """`work` lets what clients wait for be gone on with: an answer has been written, or another may be begun."""
        self._loop = loop
        self._limits = limits
        self._work = work
        self._is_running = False
        self._free_at_s = 0.0

    @property
    def is_busy(self) -> bool:
        """Whether no child can be begun now."""
        return self._is_running or self._loop.time() < self._free_at_s

    def answering(self, protocol: Protocol, view: Callable[[], Any], instead: str = "") -> Later:
        """A command whose answer is the view that a child comes to. Where `view` raises `Rejected`, so does it.

        `instead` is what can be done where the answer is larger than a node sends.
        """
        found: list[Encoded] = []
        begun: list[_Child] = []
        written = self._written(lambda: _reply(protocol, view, self._limits.reply_bytes, instead), begun, found)
        return Later(written, found.pop, lambda: begun[0].is_running if begun else self.is_busy)

    def _written(
        self, reply: Callable[[], bytes], begun: list[_Child], found: list[Encoded]
    ) -> Generator[bool, None, None]:
        began_s = perf_counter()
        child = _Child(self._loop, reply, self._ended)
        begun.append(child)
        self._is_running = True
        rest_s = (perf_counter() - began_s) * _REST
        self._free_at_s = self._loop.time() + rest_s
        # The clock of the loop counts in milliseconds: a little later, so that it is not too soon.
        self._loop.call_later(rest_s + 0.002, self._work)
        try:
            yield True
            found.append(child.answer())
        finally:
            child.close()
            self._is_running = False

    def _ended(self) -> None:
        self._is_running = False
        self._work()


class _Child:
    """A child that writes an answer. `ended` is called once it has, or has failed."""

    def __init__(self, loop: asyncio.AbstractEventLoop, reply: Callable[[], bytes], ended: Callable[[], None]) -> None:
        """Raises `Rejected` where there can be none."""
        self._loop = loop
        self._ended = ended
        self._parts: list[bytes] = []
        self._code: int | None = None
        try:
            self._pipe, out = os.pipe()
        except OSError as error:
            raise Rejected(f"{_TASK}: {error.strerror}; try again later") from error
        try:
            self._pid = forked(_TASK, lambda: _write(out, reply), out)
        except BaseException:
            # Whatever it was, an interrupt too: a pipe that no child writes to would stay open.
            os.close(self._pipe)
            raise
        finally:
            os.close(out)
        loop.add_reader(self._pipe, self._arrived)

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._code is None

    def answer(self) -> Encoded:
        """What it has written. Raises `Rejected`, also where it has failed."""
        if self._code != 0:
            raise Rejected(f"{_TASK}: the process that was to do it ended with code {self._code}; try again later")
        kind, *parts = self._parts[0][:1], self._parts[0][1:], *self._parts[1:]
        self._parts.clear()
        data = b"".join(parts)
        if kind == _REJECTED:
            raise Rejected(data.decode())
        return Encoded(data)

    def close(self) -> None:
        """Have it end, whatever it has come to. Closing twice is allowed."""
        if self._code is None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            self._reap()

    def _arrived(self) -> None:
        data = os.read(self._pipe, _AT_ONCE_BYTES)
        if data:
            self._parts.append(data)
            return
        self._reap()
        self._ended()

    def _reap(self) -> None:
        self._loop.remove_reader(self._pipe)
        os.close(self._pipe)
        _, status = os.waitpid(self._pid, 0)
        self._code = os.waitstatus_to_exitcode(status)


def _write(out: int, reply: Callable[[], bytes]) -> None:
    """What the child does."""
    with open(out, "wb") as file:
        try:
            data = reply()
        except Rejected as error:
            file.write(_REJECTED + str(error).encode("utf-8", "backslashreplace"))
        else:
            file.write(_GOOD)
            file.write(data)


def _reply(protocol: Protocol, view: Callable[[], Any], most_bytes: int, instead: str) -> bytes:
    data = protocol.view(view())
    if len(data) > most_bytes:
        raise too_large(len(data), most_bytes, instead)
    return data
