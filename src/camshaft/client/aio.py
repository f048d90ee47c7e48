"""An asyncio connection to a node: the same commands and failures as `connection`, awaited.

Commands that are awaited at the same time travel together: what is sent during one turn of the event loop is one
write. Replies come in the order of the commands, which is the order in which they were made.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from types import TracebackType
from typing import Any

import hiredis

from camshaft.client.connection import (
    ANSWER_TIMEOUT_S,
    CONNECT_TIMEOUT_S,
    NOTHING_YET,
    Argument,
    Introduction,
    not_a_node,
    packed,
    reply_reader,
)
from camshaft.client.endpoint import Endpoint
from camshaft.client.failures import disconnected, no_answer, unreachable
from camshaft.errors import CamshaftError, Rejected


class AsyncConnection:
    """A connection to the node at an endpoint, for one event loop. Closing it is final; losing it is not."""

    def __init__(self, endpoint: Endpoint, timeout_s: float = ANSWER_TIMEOUT_S) -> None:
        self.endpoint = endpoint
        self.timeout_s = timeout_s
        self._wire: _Wire | None = None
        self._connecting = asyncio.Lock()
        self._closed = False

    async def command(self, *arguments: Argument, after: Introduction | None = None) -> Any:
        """The reply to one command, as `Connection.command` gives it, after an introduction as `Connection.introduced`
        takes one. Raises the same exceptions."""
        wire = await self._live()
        if after is not None and wire.said.get(after.of) != after:
            wire.said[after.of] = after
            wire.send(packed(after.command))
        return await self._answered(wire.send(packed(arguments)))

    async def introduce(self, introduction: Introduction) -> Any:
        """As `Connection.introduce`."""
        wire = await self._live()
        wire.said[introduction.of] = introduction
        return await self._answered(wire.send(packed(introduction.command)))

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

    async def _answered(self, answer: asyncio.Future[Any]) -> Any:
        try:
            async with asyncio.timeout(self.timeout_s):
                reply = await answer
        except TimeoutError:
            raise no_answer(self.endpoint, self.timeout_s) from None
        if isinstance(reply, CamshaftError):
            raise reply
        return reply

    async def _open(self) -> _Wire:
        loop = asyncio.get_running_loop()
        endpoint = self.endpoint
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                _, wire = await loop.create_connection(lambda: _Wire(endpoint), endpoint.host, endpoint.port)
        except OSError as error:
            raise unreachable(endpoint, error.strerror or str(error)) from None
        # The greeting's answer is the first owed; who comes next need not wait for it.
        greeting = await wire.send(packed(("HELLO", "3")))
        if isinstance(greeting, CamshaftError):
            await wire.close()
            raise greeting
        return wire


class _Wire(asyncio.Protocol):
    """One TCP connection, from its first byte to its last: answers owed, in order, and bytes not yet written."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.is_lost = False
        self.said: dict[str, Introduction] = {}
        """What was last said here, by what it is of."""
        self._endpoint = endpoint
        self._reader = reply_reader()
        self._owed: deque[asyncio.Future[Any]] = deque()
        self._unsent: list[bytes] = []
        self._loop = asyncio.get_running_loop()
        self._ended = self._loop.create_future()
        self._transport: asyncio.Transport | None = None

    def send(self, command: bytes) -> asyncio.Future[Any]:
        """Send a command with what else this turn of the loop sends; the future's result is its reply."""
        answer = self._loop.create_future()
        if self.is_lost:
            answer.set_exception(disconnected(self._endpoint))
            return answer
        if not self._unsent:
            self._loop.call_soon(self._flush)
        self._unsent.append(command)
        self._owed.append(answer)
        return answer

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
                answer = self._owed.popleft()
                # An answer that nobody waits for any longer still has its place in the order.
                if not answer.done():
                    answer.set_result(reply)
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
        while self._owed:
            answer = self._owed.popleft()
            if not answer.done():
                answer.set_exception(error)
        if self._transport is not None:
            self._transport.close()
