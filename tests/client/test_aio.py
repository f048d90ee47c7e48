from __future__ import annotations

import asyncio

import pytest

from camshaft.client.aio import AsyncConnection
from camshaft.client.endpoint import Endpoint
from camshaft.client.failures import Disconnected, NoAnswer, Unreachable
from camshaft.errors import MissingKey, Rejected
from generators.peer import GREETING, free_port, scripted


def connection(port: int, timeout_s: float = 10.0) -> AsyncConnection:
    return AsyncConnection(Endpoint("127.0.0.1", port), timeout_s)


def test_without_a_node_the_error_says_how_to_start_one() -> None:
    async def main() -> None:
        async with connection(free_port()) as client:
            await client.command("PING")

    with pytest.raises(Unreachable, match="start one with `camshaft serve FILE`"):
        asyncio.run(main())


def test_commands_awaited_together_travel_together_and_keep_their_order() -> None:
    async def main(port: int) -> list[object]:
        async with connection(port) as client:
            await client.connect()
            together = [client.command(name) for name in "ABC"]
            return list(await asyncio.gather(*together, return_exceptions=True))

    # The script answers what it receives at once, so one answer for three commands shows that they came as one.
    with scripted([GREETING, b"#f\r\n-TRAP KeyError no such key\r\n:3\r\n"]) as peer:
        first, second, third = asyncio.run(main(peer.port))
    assert (first, third) == (False, 3)
    assert isinstance(second, MissingKey)


def test_a_late_answer_is_never_taken_for_the_next_command_s() -> None:
    async def main(port: int) -> object:
        async with connection(port, timeout_s=0.2) as client:
            with pytest.raises(NoAnswer):
                await client.command("A")
            client.timeout_s = 10.0
            return await client.command("B")

    with scripted([GREETING, b"", b":1\r\n:2\r\n"]) as peer:
        assert asyncio.run(main(peer.port)) == 2


def test_a_node_that_hangs_up_leaves_every_call_in_doubt_and_the_next_connects_anew() -> None:
    async def main(port: int) -> object:
        async with connection(port) as client:
            await client.connect()
            lost = await asyncio.gather(client.command("A"), client.command("B"), return_exceptions=True)
            assert [type(error) for error in lost] == [Disconnected, Disconnected]
            return await client.command("C")

    with scripted([GREETING, None], [GREETING, b":3\r\n"]) as peer:
        assert asyncio.run(main(peer.port)) == 3


def test_what_speaks_another_protocol_is_named() -> None:
    async def main(port: int) -> None:
        async with connection(port) as client:
            await client.command("PING")

    script = [b"HTTP/1.1 400 Bad Request\r\n\r\n"]
    with scripted(script) as peer, pytest.raises(Rejected, match="is not a Camshaft node"):
        asyncio.run(main(peer.port))


def test_a_closed_connection_stays_closed() -> None:
    async def main() -> None:
        client = connection(free_port())
        await client.close()
        await client.command("PING")

    with pytest.raises(Rejected, match="is closed"):
        asyncio.run(main())
