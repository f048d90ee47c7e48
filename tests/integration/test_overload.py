"""Clients that ask for more than a node can do, or read less than they are owed: whom that concerns, and whom not.

Nothing here looks at a clock: what is counted is what the node had done by the time that somebody else was answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from camshaft.bytecode.encoding import encode_program
from camshaft.bytecode.program import Program
from camshaft.journal.memory import MemoryJournal
from camshaft.language.compile import compile_machine
from camshaft.node.limits import DEFAULT_LIMITS, Limits
from camshaft.node.server import NodeServer, NodeThread
from camshaft.runtime.entries import Input, decode_batch
from camshaft.runtime.replica import Replica
from generators.burner import Burner
from generators.machines import counter, counter_v2, split, upgrade
from generators.wire import Wire, packed

BURNER: Program = compile_machine(Burner).to_run()
FUEL = 1_000_000
"""Takes longer than a turn takes on, and not so long that a test would."""
MANY = 30
ASKED = 5


def burning(limits: Limits = DEFAULT_LIMITS) -> tuple[Replica, NodeServer]:
    """A node with a machine that uses up its fuel, and a counter."""
    replica = Replica(MemoryJournal())
    for program in (BURNER, counter()):
        replica.deploy(encode_program(program))
    replica.set_fuel("burner", FUEL)
    return replica, NodeServer(replica, port=0, limits=limits)


async def connections(server: NodeServer, count: int) -> list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    return [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(count)]


def journaled(replica: Replica) -> list[list[tuple[str, str | None]]]:
    """The inputs of each batch: which machine, which instance."""
    batches = [decode_batch(batch.payload).entries for batch in replica.journal.read()]
    return [
        [(entry.machine, entry.key) for entry in entries if isinstance(entry, Input)]
        for entries in batches
        if any(isinstance(entry, Input) for entry in entries)
    ]


@pytest.mark.parametrize("method", ["burn", "burnt"])
def test_whoever_burns_fuel_holds_up_nobody_for_more_than_a_call(method: str) -> None:
    replica, server = burning()

    async def attack() -> None:
        await server.start()
        burners = await connections(server, 3)
        ((reader, writer),) = await connections(server, 1)
        for number, (_, burner) in enumerate(burners):
            burner.write(packed("CALL", f"burner/{number}", method) * MANY)
        for _ in range(ASKED):
            writer.write(packed("CALL", "counter", "incr") + packed("PING") + packed("CALL", "counter", "value"))
            assert await reader.readexactly(5 + 7) == b"$-1\r\n+PONG\r\n"
            assert (await reader.readline()).startswith(b":")
        commands = server.turns.context.figures.commands
        assert commands < 3 * ASKED + 3 * MANY, "somebody burnt to the end before the other one was done"
        for answers, burner in burners:
            assert (await answers.readline()).startswith(b"-TRAP OutOfFuel")
            burner.close()
        writer.close()
        await server.stop()

    asyncio.run(attack())
    batches = journaled(replica)
    assert max(sum(machine == "burner" for machine, _ in batch) for batch in batches[1:] or [[]]) <= 1
    assert sum(machine == "counter" for batch in batches for machine, _ in batch) == ASKED


def test_those_who_burn_take_turns() -> None:
    replica, server = burning()

    async def attack() -> None:
        await server.start()
        burners = await connections(server, 3)
        for number, (_, burner) in enumerate(burners):
            burner.write(packed("CALL", f"burner/{number}", "burn") * 12)
        for reader, _ in burners:
            for _ in range(12):
                assert (await reader.readline()).startswith(b"-TRAP OutOfFuel")
        for _, burner in burners:
            burner.close()
        await server.stop()

    asyncio.run(attack())
    order = [key for batch in journaled(replica) for _, key in batch]
    for end in range(6, len(order)):
        done = [order[:end].count(key) for key in ("0", "1", "2")]
        assert max(done) - min(done) <= 5, "the first turn takes a few, since it does not know the method yet"


def test_a_node_that_stops_does_not_run_all_that_is_left() -> None:
    replica, server = burning(Limits(stop_s=0.02))

    async def attack() -> None:
        await server.start()
        ((reader, writer),) = await connections(server, 1)
        writer.write(packed("CALL", "burner", "burn") * MANY)
        assert (await reader.readline()).startswith(b"-TRAP OutOfFuel")
        await server.stop()
        assert len(await reader.read()) > 0
        writer.close()

    asyncio.run(attack())
    assert sum(len(batch) for batch in journaled(replica)) < MANY


def test_a_hundred_thousand_calls_of_one_client_are_not_all_before_the_one_of_another() -> None:
    replica, server = burning()
    many = 100_000

    async def attack() -> None:
        await server.start()
        (flood, other) = await connections(server, 2)
        flood[1].write(packed("CALL", "counter/flood", "incr") * many)
        after = []
        for _ in range(5):
            other[1].write(packed("CALL", "counter/other", "incr"))
            assert await other[0].readexactly(5) == b"$-1\r\n"
            after.append(replica.engine.position)
        assert after[0] < 3 * DEFAULT_LIMITS.turn + many // 4
        assert await flood[0].readexactly(5 * many) == b"$-1\r\n" * many
        for _, writer in (flood, other):
            writer.close()
        await server.stop()

    asyncio.run(attack())
    assert max(map(len, journaled(replica))) <= DEFAULT_LIMITS.turn + 1


def test_large_commands_that_wait_are_not_read_without_end() -> None:
    _, server = burning(Limits(pending_bytes_per_connection=100_000))
    large = packed("ECHO", b"x" * 50_000)

    async def attack() -> None:
        await server.start()
        (burner,) = await connections(server, 1)
        await asyncio.sleep(0)
        burner[1].write(packed("CALL", "burner", "burnt") * 5 + large * 100)
        clients = server.clients
        most = 0
        for _ in range(5):
            await burner[0].readline()
            most = max(most, clients.pending_bytes)
        # What one chunk from the socket brings may come on top.
        assert 0 < most < 100_000 + 1_000_000 < 100 * len(large)
        assert len(await burner[0].readexactly(100 * 50_010)) == 100 * 50_010
        assert clients.pending_bytes == 0
        burner[1].close()
        await server.stop()

    asyncio.run(attack())


def test_commands_are_answered_busy_when_those_that_wait_take_too_many_bytes() -> None:
    with node_of(Limits(pending_bytes=200_000)) as thread, Wire(thread.port) as wire, Wire(thread.port) as other:
        large = packed("ECHO", b"x" * 90_000)
        wire.send(packed("CALL", "burner", "burnt") * 3 + large * 20)
        replies = wire.replies(23)
        assert {str(each).split(" ")[0] for each in replies[:3]} == {"TRAP"}
        kinds = {"BUSY" if isinstance(each, Exception) else "echo" for each in replies[3:]}
        assert kinds <= {"BUSY", "echo"}
        busy = sum(isinstance(each, Exception) for each in replies[3:])
        assert f"busy_replies:{busy}\r\n".encode() in other.ask("INFO", "stats")


def test_plans_beyond_what_is_prepared_at_the_same_time_are_answered_busy() -> None:
    with node_of(Limits(preparing=0)) as thread, Wire(thread.port) as wire:
        answer = wire.ask("PLAN", upgrade(counter(), counter_v2(), split()))
        assert str(answer) == "BUSY 0 plans and upgrades are being prepared already; try again later"
        assert wire.ask("PING") == b"PONG"


def test_large_replies_that_nobody_reads_are_not_made_without_end() -> None:
    with node_of(Limits(output_bytes=2_000_000)) as thread, Wire(thread.port) as slow, Wire(thread.port) as other:
        assert slow.ask("CALL", "burner", "fill", 40_000) is None
        slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        slow.send(packed("STATE", "burner") * 900)
        figures = {"slow_clients_cut_off": "0"}
        asked = 0
        while figures["slow_clients_cut_off"] == "0":
            asked += 1
            figures = dict(line.split(":") for line in other.ask("INFO", "stats").decode().splitlines() if ":" in line)
        assert int(figures["total_commands_processed"]) < asked + 200


def test_of_clients_who_do_not_read_those_who_are_owed_most_are_cut_off() -> None:
    limits = Limits(output_bytes=30_000_000, owed_bytes=12_000_000)
    with node_of(limits) as thread, contextlib.ExitStack() as stack:
        other = stack.enter_context(Wire(thread.port))
        assert other.ask("CALL", "burner", "fill", 40_000) is None
        size = len(other.ask("STATE", "burner"))
        lazy = [stack.enter_context(Wire(thread.port)) for _ in range(4)]
        for wire in lazy:
            wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                wire.send(packed("STATE", "burner") * (8_000_000 // size))
            assert other.ask("PING") == b"PONG"
        while b"slow_clients_cut_off:0" in other.ask("INFO", "stats"):
            pass
        assert int(other.ask("INFO", "clients").split(b"owed_reply_bytes:")[1].split()[0]) <= limits.owed_bytes


def node_of(limits: Limits) -> NodeThread:
    replica, _ = burning()
    return NodeThread(replica, limits=limits)


COLLECTING = """
import gc, socket, sys, threading
import hiredis
from camshaft.bytecode.encoding import encode_program
from camshaft.journal.memory import MemoryJournal
from camshaft.language.compile import compile_machine
from camshaft.node.server import run_node
from camshaft.runtime.replica import Replica
from generators.burner import Burner

replica = Replica(MemoryJournal())
replica.deploy(encode_program(compile_machine(Burner).to_run()))
run_node(replica, port=0, ready=lambda line: print(line.split(":")[1].split(",")[0], flush=True))
"""


def test_a_node_makes_no_full_collection_however_much_its_clients_store() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    with subprocess.Popen(
        [sys.executable, "-c", COLLECTING], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        with Wire(int(process.stdout.readline())) as wire:
            for number in range(50):
                assert wire.ask("CALL", f"burner/{number % 5}", "pairs", 4_000) is None
            memory = wire.ask("INFO", "memory").decode()
        process.terminate()
    assert "full_garbage_collections:0\r\n" in memory


LETTING_GO = """
import gc, socket
from camshaft.bytecode.encoding import encode_program
from camshaft.category.assembler import assemble
from camshaft.journal.memory import MemoryJournal
from camshaft.node.server import NodeThread
from camshaft.runtime.replica import Replica
from generators.machines import counter, counter_source, counter_v2, split, upgrade
from generators.wire import packed

def plan(number):
    return packed("PLAN", upgrade(counter(), assemble(counter_source(step=number))))

def ask(connection, data):
    connection.sendall(data)
    reply = b""
    while not reply.endswith(b"\\r\\n"):
        reply += connection.recv(100_000)
    return reply

replica = Replica(MemoryJournal())
replica.deploy(encode_program(counter()))
with NodeThread(replica) as node:
    with socket.create_connection(("127.0.0.1", node.port)) as connection:
        ask(connection, plan(2))
        gc.collect()
        gc.disable()
        for number in range(3, 40):
            assert b"rehearsal" in ask(connection, plan(number))
            with socket.create_connection(("127.0.0.1", node.port)) as leaving:
                leaving.sendall(plan(1_000 + number))
            ask(connection, packed("PING"))
        ask(connection, packed("PLAN", upgrade(counter(), counter_v2(), split())))
replica.engine.catalog._candidates.clear()
replica.close()
print(gc.collect())
"""


def test_what_was_planned_and_not_done_leaves_nothing_for_the_collector() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-c", LETTING_GO], env=environment, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 60, "one object for each plan would be more"
