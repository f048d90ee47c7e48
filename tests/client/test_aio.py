from __future__ import annotations

import asyncio
import gc

import pytest

from camshaft.client.aio import AsyncConnection
from camshaft.client.connection import Introduction, packed
from camshaft.client.endpoint import Endpoint
from camshaft.client.failures import Disconnected, NoAnswer, Unreachable
from camshaft.errors import MissingKey, Rejected
from generators.peer import GREETING, Last, free_port, scripted


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


def test_an_attempt_that_is_given_up_leaves_no_socket_behind() -> None:
    async def main(port: int) -> None:
        client = connection(port)
        attempt = asyncio.ensure_future(client.connect())
        await asyncio.wait([attempt], timeout=0.1)
        attempt.cancel()
        await asyncio.wait([attempt])
        assert attempt.cancelled()

    with scripted([b""]) as peer:
        asyncio.run(main(peer.port))
        assert peer.received == [packed(("HELLO", "3"))]
    # A socket that is still open says so when it is collected, and warnings are errors.
    gc.collect()


def test_a_node_that_does_not_greet_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("camshaft.client.aio.CONNECT_TIMEOUT_S", 0.1)

    async def main(port: int) -> None:
        async with connection(port) as client:
            await client.command("PING")

    with scripted([b""]) as peer, pytest.raises(Unreachable, match=r"no answer within 0\.1 s"):
        asyncio.run(main(peer.port))


def test_a_closed_connection_stays_closed() -> None:
    async def main() -> None:
        client = connection(free_port())
        await client.close()
        await client.command("PING")

    with pytest.raises(Rejected, match="is closed"):
        asyncio.run(main())


# ---- sending again ---------------------------------------------------------------------------------------------------


def test_what_was_not_answered_is_sent_again_in_its_order_before_what_came_later() -> None:
    async def main(port: int) -> list[object]:
        async with connection(port) as client:
            client.key = iter("abcdef").__next__
            assert await client.call(("CALL", "c", "zero")) == 0
            together = [client.call(("CALL", "c", name)) for name in ("one", "two")]
            return list(await asyncio.gather(*together))

    scripts = [GREETING, b":0\r\n", Last(b":1\r\n-")], [None], [GREETING, b":2\r\n"]
    with scripted(*scripts) as peer:
        assert asyncio.run(main(peer.port)) == [1, 2]
    assert peer.received[2] == packed(("ONCE", "b", "CALL", "c", "one")) + packed(("ONCE", "c", "CALL", "c", "two"))
    assert peer.received[-1] == packed(("ONCE", "c", "CALL", "c", "two"))


def test_before_it_is_sent_again_a_call_says_whom_it_comes_from() -> None:
    who = Introduction("c", ("CLIENT", "INTERFACE", "c", "1"))

    async def main(port: int) -> object:
        async with connection(port) as client:
            client.key = iter("ab").__next__
            await client.introduce(who)
            return await client.call(("CALL", "c", "one"), who)

    with scripted([GREETING, b"+OK\r\n", None], [GREETING, b"+OK\r\n:1\r\n"]) as peer:
        assert asyncio.run(main(peer.port)) == 1
    call = packed(("ONCE", "a", "CALL", "c", "one"))
    assert [peer.received[2], peer.received[4]] == [call, packed(who.command) + call]


def test_in_the_end_the_error_says_what_is_not_known_and_what_was_never_sent() -> None:
    async def main(port: int) -> list[object]:
        async with connection(port, timeout_s=0.3) as client:
            await client.connect()
            first = await asyncio.gather(client.call(("CALL", "c", "one")), return_exceptions=True)
            second = await asyncio.gather(client.call(("CALL", "c", "two")), return_exceptions=True)
            return [*first, *second]

    with scripted([GREETING, None], *[[None]] * 100) as peer:
        first, second = asyncio.run(main(peer.port))
    assert isinstance(first, Disconnected)
    assert "it is not known whether `CALL c one` has run" in str(first)
    assert isinstance(second, Unreachable)


def test_closing_ends_what_waits() -> None:
    async def main(port: int) -> object:
        client = connection(port, timeout_s=1_000)
        assert await client.call(("CALL", "c", "one")) == 1
        lost = asyncio.ensure_future(client.call(("CALL", "c", "two")))
        await asyncio.wait([lost], timeout=0.1)
        await client.close()
        await asyncio.wait([lost])
        return lost.exception()

    with scripted([GREETING, b":1\r\n", None], *[[None]] * 100) as peer:
        assert isinstance(asyncio.run(main(peer.port)), Disconnected)


def test_nothing_is_sent_again_where_nobody_wants_that() -> None:
    async def main(port: int) -> None:
        async with AsyncConnection(Endpoint("127.0.0.1", port), 10.0, retry=False) as client:
            await client.call(("CALL", "c", "one"))

    with scripted([GREETING, None], [GREETING, b":1\r\n"]) as peer, pytest.raises(Disconnected):
        asyncio.run(main(peer.port))
    assert peer.received[1:] == [packed(("CALL", "c", "one"))]
