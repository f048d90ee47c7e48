"""An asyncio connection to a node: the same commands and failures as `connection`, awaited.

Commands that are awaited at the same time travel together: what is sent during one turn of the event loop is one
write. Replies come in the order of the commands, which is the order in which they were made. What may be sent again,
where the connection was lost, is sent again in that order too, before what was made since.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from types import TracebackType
from typing import Any

import hiredis

from camshaft.client.connection import (
    ANSWER_TIMEOUT_S,
    CONNECT_TIMEOUT_S,
    NOTHING_YET,
    Argument,
    Command,
    Introduction,
    not_a_node,
    packed,
    reply_reader,
    shown,
)
from camshaft.client.endpoint import Endpoint
from camshaft.client.failures import Disconnected, Unreachable, disconnected, lost, no_answer, unreachable
from camshaft.client.retries import Patience, keys
from camshaft.errors import CamshaftError, Rejected


class AsyncConnection:
    """A connection to the node at an endpoint, for one event loop. Closing it is final; losing it is not."""

    def __init__(self, endpoint: Endpoint, timeout_s: float = ANSWER_TIMEOUT_S, *, retry: bool = True) -> None:
        """`retry`: as for `Connection`."""
        self.endpoint = endpoint
        self.timeout_s = timeout_s
        self.retry = retry
        self.key = keys()
        """Gives a key for a call."""
        self._wire: _Wire | None = None
        self._connecting = asyncio.Lock()
        self._closed = False
        self._was_made = False
        self._waiting: deque[_Owed] = deque()
        """What is to be sent when there is a connection again, in order."""
        self._reconnecting: asyncio.Task[None] | None = None

    async def command(self, *arguments: Argument) -> Any:
        """The reply to one command, as `Connection.command` gives it. Raises the same exceptions."""
        return await self._answered(_Owed(arguments))

    async def repeatable(self, *arguments: Argument) -> Any:
        """As `command`, for one that may be sent again."""
        return await self._answered(_Owed(arguments, again=self.retry))

    async def call(self, call: Command, after: Introduction | None = None) -> Any:
        """The reply to a call, as `Connection.calls` makes it, after an introduction. Raises what it ended with."""
        words = ("ONCE", self.key(), *call) if self.retry else call
        return await self._answered(_Owed(words, after=after, again=self.retry))

    async def introduce(self, introduction: Introduction) -> Any:
        """As `Connection.introduce`."""
        return await self._answered(_Owed(introduction.command, says=introduction, again=self.retry))

    async def connect(self) -> _Wire:
        """Make the connection, unless it is there. Raises Unreachable."""
        async with self._connecting:
            if self._closed:
                raise Rejected(f"this connection to {self.endpoint} is closed")
            if self._wire is None or self._wire.is_lost:
                self._wire = await self._open()
            return self._wire

    async def close(self) -> None:
        """End the connection for good."""
        self._closed = True
        if self._reconnecting is not None:
            self._reconnecting.cancel()
            await asyncio.wait([self._reconnecting])
        self._fail_waiting(disconnected(self.endpoint))
        if self._wire is not None:
            await self._wire.close()

    async def __aenter__(self) -> AsyncConnection:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()

    async def _live(self) -> _Wire:
        wire = self._wire
        return await self.connect() if wire is None or wire.is_lost else wire

    async def _answered(self, owed: _Owed) -> Any:
        is_away = self._was_made and (self._wire is None or self._wire.is_lost)
        if owed.again and not self._closed and (is_away or self._waiting):
            self._waiting.append(owed)
            self._reconnect()
        else:
            (await self._live()).send(owed)
        try:
            async with asyncio.timeout(self.timeout_s):
                reply = await owed.answer
        except TimeoutError:
            raise self._late(owed) from None
        if isinstance(reply, CamshaftError):
            raise reply
        return reply

    def _late(self, owed: _Owed) -> CamshaftError:
        if self._wire is not None and not self._wire.is_lost:
            return no_answer(self.endpoint, self.timeout_s)
        if owed.was_sent:
            return lost(self.endpoint, self.timeout_s, shown([(None, owed.words)]))
        return unreachable(self.endpoint, f"there was a connection, and none could be made for {self.timeout_s:g} s")

    def _lost(self, owed: list[_Owed]) -> None:
        """Take what was owed by a connection that was lost, and may be sent again."""
        self._waiting.extendleft(reversed(owed))
        if self._closed:
            self._fail_waiting(disconnected(self.endpoint))
        elif owed:
            self._reconnect()

    def _reconnect(self) -> None:
        if self._reconnecting is None or self._reconnecting.done():
            self._reconnecting = asyncio.get_running_loop().create_task(self._until_sent())

    async def _until_sent(self) -> None:
        """Send what waits, as soon as there is a connection. Each waits for its own time, and is done after that."""
        patience = Patience(inf)
        while any(not owed.answer.done() for owed in self._waiting):
            try:
                wire = await self.connect()
            except (Unreachable, Disconnected):
                await asyncio.sleep(patience.pause_s() or 0)
            except CamshaftError as error:
                self._fail_waiting(error)
            else:
                waiting, self._waiting = self._waiting, deque()
                for owed in waiting:
                    if not owed.answer.done():
                        wire.send(owed)
        self._waiting.clear()

    def _fail_waiting(self, error: CamshaftError) -> None:
        while self._waiting:
            self._waiting.popleft().fail(error)

    async def _open(self) -> _Wire:
        wire = _Wire(self.endpoint, self._lost)
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await asyncio.get_running_loop().create_connection(lambda: wire, self.endpoint.host, self.endpoint.port)
                # The greeting's answer is the first owed.
                greeting = _Owed(("HELLO", "3"))
                wire.send(greeting)
                reply = await greeting.answer
        except TimeoutError:
            await wire.close()
            raise unreachable(self.endpoint, f"no answer within {CONNECT_TIMEOUT_S:g} s") from None
        except OSError as error:
            raise unreachable(self.endpoint, error.strerror or str(error)) from None
        except BaseException:
            # Nobody else holds it yet: a cancelled attempt would leave its socket open.
            await wire.close()
            raise
        if isinstance(reply, CamshaftError):
            await wire.close()
            raise reply
        self._was_made = True
        return wire


@dataclass(slots=True, eq=False)
class _Owed:
    """A command, and whoever waits for its answer. It is made on the event loop."""

    words: Command
    after: Introduction | None = None
    """What is to be said before it."""
    says: Introduction | None = None
    """What it says itself."""
    again: bool = False
    """Whether it may be sent again."""
    was_sent: bool = False
    packed: bytes = field(init=False)
    answer: asyncio.Future[Any] = field(init=False)

    def __post_init__(self) -> None:
        self.packed = packed(self.words)
        self.answer = asyncio.get_running_loop().create_future()

    def fail(self, error: CamshaftError) -> None:
        """Tell whoever waits, if anybody still does."""
        if not self.answer.done():
            self.answer.set_exception(error)


class _Wire(asyncio.Protocol):
    """One TCP connection, from its first byte to its last: answers owed, in order, and bytes not yet written."""

    def __init__(self, endpoint: Endpoint, lost: Callable[[list[_Owed]], None]) -> None:
        """`lost` is given what may be sent again, when the connection is lost."""
        self.is_lost = False
        self._lost = lost
        self._said: dict[str, Introduction] = {}
        """What was last said here, by what it is of."""
        self._endpoint = endpoint
        self._reader = reply_reader()
        self._owed: deque[_Owed | None] = deque()
        """None is for what was said without anybody waiting for the answer."""
        self._unsent: list[bytes] = []
        self._loop = asyncio.get_running_loop()
        self._ended = self._loop.create_future()
        self._transport: asyncio.Transport | None = None

    def send(self, owed: _Owed) -> None:
        """Send a command with what else this turn of the loop sends, after what is to be said before it."""
        if self.is_lost:
            self._owed.append(owed)
            self._lose(disconnected(self._endpoint))
            return
        if not self._unsent:
            self._loop.call_soon(self._flush)
        after, says = owed.after, owed.says
        if after is not None and self._said.get(after.of) != after:
            self._said[after.of] = after
            self._unsent.append(packed(after.command))
            self._owed.append(None)
        if says is not None:
            self._said[says.of] = says
        self._unsent.append(owed.packed)
        self._owed.append(owed)
        owed.was_sent = True

    async def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
            await self._ended

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        opened = transport.get_extra_info("socket")
        if opened is not None:
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        try:
            while (reply := self._reader.gets()) is not NOTHING_YET:
                if not self._owed:
                    break
                owed = self._owed.popleft()
                # An answer that nobody waits for any longer still has its place in the order.
                if owed is not None and not owed.answer.done():
                    owed.answer.set_result(reply)
        except hiredis.ProtocolError as error:
            self._lose(not_a_node(self._endpoint, error))

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 # asyncio's signature
        self._lose(disconnected(self._endpoint))
        if not self._ended.done():
            self._ended.set_result(None)

    def _flush(self) -> None:
        if self._transport is not None and not self.is_lost:
            self._transport.write(b"".join(self._unsent))
        self._unsent.clear()

    def _lose(self, error: CamshaftError) -> None:
        self.is_lost = True
        owed = [each for each in self._owed if each is not None]
        self._owed.clear()
        for each in owed:
            if not (each.again and isinstance(error, Disconnected)):
                each.fail(error)
        self._lost([each for each in owed if not each.answer.done()])
        if self._transport is not None:
            self._transport.close()
