"""What a child writes is what the node would have written at that moment; and a child that fails is told, not felt."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from camshaft.errors import Rejected
from camshaft.node import apart, forking
from camshaft.node.apart import Children
from camshaft.node.later import Later
from camshaft.node.limits import Limits
from camshaft.node.replies import RESP2, RESP3, Protocol

ENDED = "the answer cannot be written: the process that was to do it ended"


class Asking:
    """Somebody who asks for answers and waits for them, in a loop of their own."""

    def __init__(self, most_bytes: int = 1_000_000) -> None:
        self._loop = asyncio.get_running_loop()
        self._worked = asyncio.Event()
        self.children = Children(self._loop, Limits(reply_bytes=most_bytes), self._worked.set)

    async def answer(self, protocol: Protocol, view: Callable[[], Any]) -> bytes:
        return await self.end(self.children.answering(protocol, view), protocol)

    async def end(self, later: Later, protocol: Protocol) -> bytes:
        try:
            is_more = True
            while is_more:
                while later.is_stalled():
                    self._worked.clear()
                    await self._worked.wait()
                is_more = later.advance()
            return protocol.view(later.run())
        finally:
            later.close()


@pytest.mark.parametrize("protocol", [RESP2, RESP3])
def test_a_child_writes_what_the_node_would_have_written(protocol: Protocol) -> None:
    view = {"a": [1, 2.5, None, True], "long": "x" * 200_000, "bytes": b"\x00\xff"}

    async def live() -> bytes:
        return await Asking().answer(protocol, lambda: view)

    assert asyncio.run(live()) == protocol.view(view)


def test_a_child_sees_what_was_there_when_it_began() -> None:
    changing = [1]

    async def live() -> bytes:
        asking = Asking()
        later = asking.children.answering(RESP3, lambda: changing)
        assert later.advance()
        changing.append(2)
        return await asking.end(later, RESP3)

    assert asyncio.run(live()) == RESP3.view([1])


def rejected() -> Any:
    raise Rejected("no such thing: é")


@pytest.mark.parametrize(
    ("view", "told"),
    [
        (rejected, "no such thing: é"),
        (lambda: "x" * 2_000, "the reply has 2009 bytes; at most 1000 are sent"),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), f"{ENDED} with code -9; try again later"),
    ],
)
def test_what_a_child_cannot_write_is_told(view: Callable[[], Any], told: str) -> None:
    async def live() -> None:
        asking = Asking(1_000)
        with pytest.raises(Rejected, match=f"^{told}$"):
            await asking.answer(RESP3, view)
        assert await asking.answer(RESP3, lambda: 1) == RESP3.view(1)

    asyncio.run(live())


def test_there_is_one_child_at_a_time() -> None:
    async def live() -> None:
        asking = Asking()
        first, second = (asking.children.answering(RESP3, os.getpid) for _ in range(2))
        assert not first.is_stalled()
        assert first.advance()
        assert second.is_stalled()
        answered = await asking.end(first, RESP3)
        assert await asking.end(second, RESP3) != answered

    asyncio.run(live())


def test_a_child_whose_answer_nobody_wants_any_more_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    children: list[int] = []

    def forked(task: str, do: Callable[[], object], kept: int | None = None) -> int:
        children.append(forking.forked(task, do, kept))
        return children[-1]

    monkeypatch.setattr(apart, "forked", forked)

    async def live() -> None:
        asking = Asking()
        later = asking.children.answering(RESP3, signal.pause)
        assert later.advance()
        later.close()
        with pytest.raises(ChildProcessError):
            os.waitpid(children[0], os.WNOHANG)
        assert await asking.answer(RESP3, lambda: 1) == RESP3.view(1)

    asyncio.run(live())


def test_a_child_keeps_nothing_open_but_the_way_to_answer() -> None:
    kept = os.open("/dev/null", os.O_RDONLY)

    def view() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    async def live() -> bytes:
        return await Asking().answer(RESP3, view)

    # The three standard ones, the pipe, and the directory that is read.
    assert asyncio.run(live()) == RESP3.view(5)
    os.close(kept)


def test_forks_take_a_tenth_of_a_nodes_time_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    slow_s = 0.02
    forks: list[float] = []

    def forked(task: str, do: Callable[[], object], kept: int | None = None) -> int:
        forks.append(time.perf_counter())
        time.sleep(slow_s)
        return forking.forked(task, do, kept)

    monkeypatch.setattr(apart, "forked", forked)

    async def live() -> None:
        asking = Asking()
        for _ in range(3):
            assert await asking.answer(RESP3, lambda: 1) == RESP3.view(1)

    asyncio.run(live())
    assert [after - before > 9 * slow_s for before, after in pairwise(forks)] == [True, True]
