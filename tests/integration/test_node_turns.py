"""Order, batches and fairness: what the node makes of commands that arrive together."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Iterator

import pytest

from camshaft.node.limits import Limits
from camshaft.node.server import NodeServer, NodeThread
from camshaft.runtime.entries import Input, decode_batch
from generators.machines import cart, counter
from generators.wire import Wire, node, packed, replica


@pytest.fixture
def running() -> Iterator[NodeThread]:
    with node() as thread:
        yield thread


@pytest.fixture
def wire(running: NodeThread) -> Iterator[Wire]:
    with Wire(running.port) as made:
        yield made


def test_commands_of_a_client_happen_in_the_order_in_which_it_sent_them(wire: Wire) -> None:
    script = [
        (packed("CALL", "counter", "value"), 0),
        (packed("CALL", "counter", "incr"), None),
        (packed("CALL", "counter", "incr"), None),
        (packed("CALL", "counter", "value"), 2),
        (packed("STATE", "counter"), b'{"count":2}'),
        (packed("CALLN", "counter", "add", "n", "40"), None),
        (packed("PING"), b"PONG"),
        (packed("CALL", "counter", "value"), 42),
    ]
    wire.send(b"".join(command for command, _ in script))
    assert wire.replies(len(script)) == [reply for _, reply in script]


def test_an_error_takes_its_place_among_the_replies(wire: Wire) -> None:
    wire.send(
        packed("CALL", "counter", "incr")
        + packed("CALL", "counter", "refuse")
        + packed("CALL", "counter", "nothing")
        + packed("NOTHING")
        + packed("CALL", "counter", "trap")
        + packed("CALL", "counter", "value")
    )
    replies = [str(reply) for reply in wire.replies(6)]
    assert replies[:3] == [
        "None",
        'REFUSED Never {"count":-1}',
        "REJECTED counter has no method 'nothing'; it has incr, add, value, refuse, trap",
    ]
    assert replies[3].startswith("ERR unknown command")
    assert replies[4:] == ["TRAP AssertionError no", "1"]


def test_commands_that_arrive_together_are_one_batch() -> None:
    made = replica(counter())
    with NodeThread(made) as thread, Wire(thread.port) as wire:
        wire.send(packed("CALL", "counter", "incr") * 300)
        assert wire.replies(300) == [None] * 300
    batches = list(made.journal.read())
    assert sum(batch.count for batch in batches) == 301
    assert len(batches) <= 10


def test_what_is_journaled_is_what_was_called() -> None:
    made = replica(cart())
    with NodeThread(made) as thread, Wire(thread.port) as wire:
        wire.ask("CALL", "cart/alice", "put", "apple", "3")
        wire.ask("CALL", "cart/alice", "left", "apple")
        wire.ask("CALL", "cart/alice", "put", "apple", "many")
    inputs = [entry for batch in made.journal.read(1) for entry in decode_batch(batch.payload).entries]
    assert [(each.key, each.method, each.arguments) for each in inputs if isinstance(each, Input)] == [
        ("alice", "put", ["apple", 3])
    ]
    assert len(inputs) == 1


def test_a_flood_of_one_client_does_not_hold_up_another() -> None:
    made = replica(counter())

    async def flood_and_ask() -> None:
        server = NodeServer(made, port=0, limits=Limits(turn=32))
        await server.start()
        flood, others = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(2)]
        flood[1].write(packed("CALL", "counter/flood", "incr") * 900)
        others[1].write(packed("CALL", "counter/other", "incr"))
        assert await others[0].readexactly(5) == b"$-1\r\n"
        assert await flood[0].readexactly(5 * 900) == b"$-1\r\n" * 900
        for _, writer in (flood, others):
            writer.close()
            await writer.wait_closed()
        await server.stop()

    asyncio.run(flood_and_ask())
    inputs = [entry for batch in made.journal.read(1) for entry in decode_batch(batch.payload).entries]
    keys = [entry.key for entry in inputs if isinstance(entry, Input)]
    assert len(keys) == 901
    assert keys.index("other") < 450


def test_a_turn_larger_than_its_limit_goes_on_in_the_next() -> None:
    with node(Limits(turn=7, pending_per_connection=20)) as thread, Wire(thread.port) as wire:
        wire.send((packed("CALL", "counter", "incr") + packed("ECHO", "x")) * 500)
        assert wire.replies(1_000) == [None, b"x"] * 500
        assert wire.ask("CALL", "counter", "value") == 500


def test_a_client_that_closes_its_side_gets_all_of_its_answers(running: NodeThread) -> None:
    with Wire(running.port) as wire:
        wire.send(packed("CALL", "counter", "incr") * 100 + packed("CALL", "counter", "value"))
        wire.socket.shutdown(1)
        assert wire.replies(101) == [None] * 100 + [100]
        with pytest.raises(EOFError):
            wire.reply()


def test_quit_is_answered_after_what_came_before_and_nothing_after_it_runs(running: NodeThread, wire: Wire) -> None:
    with Wire(running.port) as leaving:
        leaving.send(packed("CALL", "counter", "incr") + packed("QUIT") + packed("CALL", "counter", "incr"))
        assert leaving.rest() == b"$-1\r\n+OK\r\n"
    assert wire.ask("CALL", "counter", "value") == 1


def test_a_protocol_error_is_told_after_what_came_before(running: NodeThread) -> None:
    with Wire(running.port) as wire:
        wire.send(packed("CALL", "counter", "incr") + packed("PING") + b"!\r\n")
        assert wire.rest().startswith(b"$-1\r\n+PONG\r\n-ERR Protocol error: ")


def test_lines_of_text_are_served(running: NodeThread) -> None:
    with Wire(running.port) as wire:
        wire.send(b"CALL cart put \"red apple\" 3\r\ncall cart left 'red apple'\nPING\n")
        assert wire.replies(3) == [None, 3, b"PONG"]


def test_a_client_may_miss_replies(wire: Wire) -> None:
    wire.send(
        packed("CLIENT", "REPLY", "SKIP") + packed("CALL", "counter", "incr") + packed("CALL", "counter", "value")
    )
    assert wire.reply() == 1
    wire.send(packed("CLIENT", "REPLY", "OFF") + packed("CALL", "counter", "incr") * 3 + packed("CALL", "counter", "x"))
    wire.send(packed("PING") + packed("CLIENT", "REPLY", "ON") + packed("CALL", "counter", "value"))
    assert wire.replies(2) == [b"OK", 4]


def test_hello_changes_the_protocol_between_two_replies(wire: Wire) -> None:
    null = packed("CALL", "counter", "incr")
    wire.send(
        null + packed("HELLO", "3", "AUTH", "default", "any", "SETNAME", "me") + null + packed("CLIENT", "GETNAME")
    )
    wire.send(packed("RESET") + null + packed("QUIT"))
    answer = wire.rest()
    assert answer.startswith(b"$-1\r\n%7\r\n$6\r\nserver\r\n$8\r\ncamshaft\r\n")
    assert answer.endswith(b"*0\r\n_\r\n$2\r\nme\r\n+RESET\r\n$-1\r\n+OK\r\n")


def test_a_monitor_misses_nothing_of_a_batch_and_no_secret(running: NodeThread, wire: Wire) -> None:
    with Wire(running.port) as monitor:
        assert monitor.ask("MONITOR") == b"OK"
        wire.send(packed("AUTH", "default", "secret") + packed("CALL", "counter", "incr") * 2 + packed("ECHO", "\r\n"))
        wire.replies(4)
        lines = [monitor.reply().decode() for _ in range(3)]
    assert [line.split("] ")[1] for line in lines] == ['"CALL" "counter" "incr"'] * 2 + ['"ECHO" "\\r\\n"']


def test_more_clients_than_a_turn_has_room_for_are_all_answered() -> None:
    with node(Limits(turn=32)) as thread, contextlib.ExitStack() as stack:
        wires = [stack.enter_context(Wire(thread.port)) for _ in range(100)]
        for wire in wires:
            wire.send(packed("CALL", "counter", "incr") * 40 + packed("PING"))
        for wire in wires:
            assert wire.replies(41) == [None] * 40 + [b"PONG"]
        assert wires[0].ask("CALL", "counter", "value") == 4_000


def script(chance: random.Random, key: str) -> tuple[bytes, list[object]]:
    """Commands of one client on an instance of its own and on one that all share, and the replies that are due."""
    data, due, count = b"", list[object](), 0
    for _ in range(300):
        match chance.randrange(7):
            case 0:
                data, count = data + packed("CALL", f"counter/{key}", "incr"), count + 1
                due.append(None)
            case 1:
                step = chance.randrange(100)
                data, count = data + packed("CALLN", f"counter/{key}", "add", "n", step), count + step
                due.append(None)
            case 2:
                data += packed("CALL", f"counter/{key}", "value")
                due.append(count)
            case 3:
                data += packed("STATE", f"counter/{key}")
                due.append(b'{"count":%d}' % count)
            case 4:
                data += packed("CALL", f"counter/{key}", "trap")
                due.append("TRAP AssertionError no")
            case 5:
                data += packed("ECHO", key)
                due.append(key.encode())
            case _:
                data += packed("CALL", "counter/shared", "incr")
                due.append(None)
    return data, due


@pytest.mark.parametrize("seed", range(5))
def test_many_clients_at_once_each_see_exactly_their_own_history(seed: int) -> None:
    chance = random.Random(seed)
    with node(Limits(turn=chance.choice([1, 64, 2_000]))) as thread, contextlib.ExitStack() as stack:
        clients = [(stack.enter_context(Wire(thread.port)), *script(chance, f"k{number}")) for number in range(8)]
        unsent = {wire: data for wire, data, _ in clients}
        while unsent:
            wire = chance.choice(list(unsent))
            size = chance.randrange(1, 2_000)
            wire.send(unsent[wire][:size])
            unsent[wire] = unsent[wire][size:]
            if not unsent[wire]:
                del unsent[wire]
        for wire, _, due in clients:
            assert [str(reply) if isinstance(reply, Exception) else reply for reply in wire.replies(len(due))] == due
        shared = sum(data.count(b"counter/shared") for _, data, _ in clients)
        assert clients[0][0].ask("CALL", "counter/shared", "value") == shared


def test_a_client_that_leaves_in_the_middle_of_a_flood_harms_nobody() -> None:
    with node(Limits(pending_per_connection=10)) as thread, Wire(thread.port) as other:
        for farewell in (packed("QUIT"), b"!nonsense\r\n"):
            with Wire(thread.port) as wire:
                wire.send(
                    packed("CALL", "counter", "incr") * 300 + packed("PING") * 300 + farewell + packed("PING") * 300
                )
                assert wire.rest().count(b"+PONG") == 300
        with Wire(thread.port) as wire:
            wire.send(packed("CALL", "counter", "incr") * 900)
        assert other.ask("CALL", "counter", "value") >= 600
