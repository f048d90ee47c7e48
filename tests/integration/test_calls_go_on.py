"""Clients call without pause while their node is killed, started anew, upgraded: every call returns, and ran once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import camshaft as cam
from generators import till_v1, till_v2
from generators.nodes import EXAMPLES, NodeProcess

KILLS = 3
_WARM = 20
"""Calls of each caller between two kills, at least."""
_PIPELINE = 7
PATIENCE_S = 120
"""For how long a call is tried again: a node takes its time to start on a machine that does other things too."""


class Progress:
    """How many calls have returned, for who waits for more; and whether it is time to stop."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.count = 0
        self.is_over = False
        self.failed = False

    def made(self, count: int = 1) -> None:
        with self._changed:
            self.count += count
            self._changed.notify_all()

    def wait_for_more(self, more: int) -> None:
        with self._changed:
            target = self.count + more
            assert self._changed.wait_for(lambda: self.failed or self.count >= target, timeout=60)
            assert not self.failed

    def fail(self) -> None:
        with self._changed:
            self.failed = True
            self._changed.notify_all()


def one_by_one(port: int, progress: Progress) -> int:
    """Pay a cent at a time; what is in the till tells of each payment that came twice, or not at all."""
    with cam.Client(f":{port}", timeout_s=PATIENCE_S) as client:
        till = client.instance(till_v1.Till, "one")
        while not progress.is_over:
            assert till.pay(1) == progress.count + 1
            progress.made()
        return till.count()


def in_pipelines(port: int, progress: Progress) -> int:
    """Pay several cents at once, and have them counted in the order in which they were paid."""
    with cam.Client(f":{port}", timeout_s=PATIENCE_S) as client:
        till = client.instance(till_v1.Till, "many")
        while not progress.is_over:
            totals = cam.pipeline(*[partial(till.pay, 1)] * _PIPELINE)
            assert totals == [progress.count + number for number in range(1, _PIPELINE + 1)]
            progress.made(_PIPELINE)
        return till.count()


def at_the_same_time(port: int, progress: Progress) -> int:
    """Tasks that pay over one asynchronous connection: each total that there was is told to one of them, once."""
    told: list[int] = []

    async def pay(till: Any) -> None:
        while not progress.is_over:
            told.append(await till.pay(1))
            progress.made()

    async def main() -> int:
        async with cam.AsyncClient(f":{port}", timeout_s=PATIENCE_S) as client:
            till = client.instance(till_v1.Till, "tasks")
            await asyncio.gather(*(pay(till) for _ in range(_PIPELINE)))
            assert sorted(told) == list(range(1, len(told) + 1))
            total: int = await till.count()
            return total

    return asyncio.run(main())


CALLERS: dict[str, Callable[[int, Progress], int]] = {
    "one": one_by_one,
    "many": in_pipelines,
    "tasks": at_the_same_time,
}


@contextmanager
def calling(port: int) -> Iterator[dict[str, Progress]]:
    """All callers at work. At the end of the block they stop, and what they count is right."""
    progresses = {name: Progress() for name in CALLERS}

    def run(name: str) -> int:
        try:
            return CALLERS[name](port, progresses[name])
        except BaseException:
            progresses[name].fail()
            raise

    with ThreadPoolExecutor(len(CALLERS)) as pool:
        calls = {name: pool.submit(run, name) for name in CALLERS}
        try:
            yield progresses
        finally:
            for progress in progresses.values():
                progress.is_over = True
        for name, call in calls.items():
            assert call.result() == progresses[name].count > 0


@pytest.mark.parametrize("upgraded", [False, True], ids=["killed", "killed and upgraded"])
def test_every_call_returns_and_ran_once_while_the_node_is_killed(tmp_path: Path, *, upgraded: bool) -> None:
    node = NodeProcess(EXAMPLES / "cart.py", data=tmp_path)
    port = node.port
    try:
        with cam.Client(f":{port}", timeout_s=PATIENCE_S) as client:
            client.deploy(till_v1.Till)
        with calling(port) as progresses:
            for kill in range(KILLS):
                for progress in progresses.values():
                    progress.wait_for_more(_WARM)
                node.kill()
                node = NodeProcess(EXAMPLES / "cart.py", data=tmp_path, port=port)
                if upgraded and kill == 0:
                    with cam.Client(f":{port}", timeout_s=PATIENCE_S) as client:
                        client.upgrade(cam.Upgrade(till_v1.Till, till_v2.Till))
            for progress in progresses.values():
                progress.wait_for_more(_WARM)
        with cam.Client(f":{port}", timeout_s=PATIENCE_S) as client:
            for name, progress in progresses.items():
                assert client.instance(till_v1.Till, name).count() == progress.count
            assert len(client.history("till")) == (2 if upgraded else 1)
    finally:
        node.kill()
