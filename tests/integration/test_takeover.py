"""A node is taken over by another process: its clients notice nothing but that it takes a moment."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from camshaft.bytecode.encoding import program_id
from camshaft.bytecode.rollout import ALL
from camshaft.category.terms import Get, Put, compose, operate
from camshaft.client.client import Client
from camshaft.client.endpoint import Endpoint
from camshaft.journal.journal import Durability
from camshaft.language.compile import compile_machine
from camshaft.values.types import INT
from generators import stores
from generators.machines import COUNT, counter, counter_v2, method, number, plus, split, upgrade
from generators.nodes import EXAMPLES, NodeProcess, serving
from generators.rollouts import PAIRS, terms
from generators.takeovers import Forked, new, old, port_of
from generators.wire import Wire, echo, packed

ONE_MORE = operate(Put(COUNT), plus(Get(COUNT), number(1)))
TICKETS = counter(extra=(method("take", compose(ONE_MORE, Get(COUNT)), INT),))
"""A counter whose `take` gives the number that it comes to: no two callers get the same."""
TAKE = packed("CALL", "counter", "take")
Fork = Callable[[Forked], Forked]


@pytest.fixture
def forked() -> Iterator[Fork]:
    """Keeps processes, and ends them with the test."""
    processes: list[Forked] = []

    def kept(process: Forked) -> Forked:
        processes.append(process)
        return process

    yield kept
    for process in processes:
        process.discard()


def taking(port: int, pipeline: int) -> Forked:
    """A client that takes tickets until it is told to stop, and says which."""

    def live(process: Forked) -> None:
        tickets: list[int] = []
        with Wire(port) as wire:
            while not process.has_been_told():
                wire.send(TAKE * pipeline)
                tickets += wire.replies(pipeline)
                if len(tickets) == pipeline:
                    process.say("has begun")
        process.say(json.dumps(tickets))

    return Forked(live)


@pytest.mark.parametrize("durability", [Durability.ALWAYS, Durability.EVERYSEC])
def test_each_call_runs_once_and_is_answered_in_order_across_takeovers_in_a_row(
    tmp_path: Path, forked: Fork, durability: Durability
) -> None:
    node = forked(old(tmp_path, TICKETS, durability=durability))
    port = port_of(node.hear("camshaft node"))
    clients = [forked(taking(port, pipeline)) for pipeline in (1, 5, 40)]
    for client in clients:
        client.hear("has begun")
    for _ in range(3):
        heir = forked(new(tmp_path, durability=durability))
        assert port_of(heir.hear(f"taken over from pid {node.pid}: ")) == port
        node.hear(f"handed over to {heir.pid}")
        assert node.end() == 0
        node = heir
    taken = []
    for client in clients:
        client.go_on()
        tickets = json.loads(client.hear("["))
        assert all(earlier < later for earlier, later in pairwise(tickets))
        taken += tickets
    assert sorted(taken) == list(range(1, len(taken) + 1))
    node.signal(signal.SIGTERM)
    assert node.end() == 0
    assert not (tmp_path / "control").exists()


def test_what_a_client_has_said_of_itself_and_half_of_a_command_are_handed_over(tmp_path: Path, forked: Fork) -> None:
    node = forked(old(tmp_path, counter()))
    port = port_of(node.hear("camshaft node"))
    version = program_id(counter())
    with Wire(port) as wire, Wire(port) as monitor, Wire(port) as silent, Wire(port) as typing:
        assert wire.ask("HELLO", "3", "SETNAME", "ann")[b"proto"] == 3
        assert wire.ask("CLIENT", "SETINFO", "lib-name", "ours") == b"OK"
        assert wire.ask("CLIENT", "INTERFACE", "counter", version)[b"interface"] == version.encode()
        assert monitor.ask("MONITOR") == b"OK"
        silent.send(packed("CLIENT", "REPLY", "OFF") + packed("CALL", "counter", "incr"))
        before = wire.ask("CLIENT", "INFO")
        whole = packed("CALL", "counter", "incr") * 2
        wire.send(whole[:-7])
        assert wire.reply() is None
        typing.send(b"CALL counter va")
        heir = forked(new(tmp_path))
        heir.hear("taken over from")
        assert node.end() == 0
        wire.send(whole[-7:])
        assert wire.reply() is None
        after = wire.ask("CLIENT", "INFO")
        kept = ("id=", "addr=", "name=", "flags=", "resp=", "lib-name=")
        assert [word for word in after.split() if word.startswith(tuple(k.encode() for k in kept))] == [
            word for word in before.split() if word.startswith(tuple(k.encode() for k in kept))
        ]
        (use,) = wire.ask("CLIENTS", "counter")
        assert use[b"connections"] == 1
        typing.send(b"lue\n")
        assert typing.reply() == 3
        silent.send(packed("CALL", "counter", "incr") + packed("CLIENT", "REPLY", "ON"))
        assert silent.reply() == b"OK"
        assert wire.ask("CALL", "counter", "value") == 4
        seen = [monitor.reply() for _ in range(3)]
        assert any(b'"counter" "incr"' in line for line in seen)
        with Wire(port) as another:
            assert another.ask("CLIENT", "ID") == 5


def test_a_client_that_has_still_to_read_is_handed_over_once_it_has(tmp_path: Path, forked: Fork) -> None:
    node = forked(old(tmp_path, echo()))
    text = "x" * 1_000_000
    with Wire(port_of(node.hear("camshaft node"))) as slow:
        for _ in range(30):
            slow.send(packed("CALL", "echo", "str", text))
        slow.send(packed("CALL", "echo", "int", "7"))
        assert slow.reply() == text.encode()
        heir = forked(new(tmp_path))
        heir.hear("taken over from")
        assert slow.replies(29) == [text.encode()] * 29
        assert slow.reply() == 7
        assert f"process_id:{heir.pid}\r\n".encode() in slow.ask("INFO", "server")
    assert node.end() == 0


def test_a_client_that_comes_or_leaves_while_the_node_changes_hands_is_no_trouble(tmp_path: Path, forked: Fork) -> None:
    node = forked(old(tmp_path, TICKETS))
    port = port_of(node.hear("camshaft node"))
    leaving, sending = Wire(port), Wire(port)
    assert [leaving.ask("PING"), sending.ask("PING")] == [b"PONG", b"PONG"]
    heir = forked(new(tmp_path, "before Taken"))
    heir.hear("stopped before Taken")
    leaving.socket.close()
    sending.send(TAKE)
    sending.socket.shutdown(socket.SHUT_WR)
    with Wire(port) as coming:
        coming.send(TAKE)
        heir.go_on()
        heir.hear("taken over from")
        assert sorted([coming.reply(), sending.reply()]) == [1, 2]
        with pytest.raises(EOFError):
            sending.reply()
    sending.socket.close()


def test_an_upgrade_that_is_being_prepared_is_made_by_the_new_process(tmp_path: Path, forked: Fork) -> None:
    node = forked(old(tmp_path, counter()))
    with (
        Wire(port_of(node.hear("camshaft node"))) as wire,
        Wire(port_of(f"127.0.0.1:{wire.socket.getpeername()[1]},")) as other,
    ):
        wire.send(b"".join(packed("CALL", f"counter/{key}", "incr") for key in range(2_000)))
        wire.replies(2_000)
        heir = forked(new(tmp_path, "before Take"))
        heir.hear("stopped before Take")
        change = upgrade(counter(), counter_v2(), split())
        wire.send(packed("PLAN", change) + packed("UPGRADE", change) + packed("CALL", "counter/7", "incr"))
        heir.go_on()
        heir.hear("taken over from")
        assert json.loads(wire.reply())["instances"] == 2_000
        assert dict(zip(*[iter(wire.reply())] * 2, strict=True))[b"migrated"] == 2_000
        assert wire.reply() is None
        assert other.ask("STATE", "counter/7") == b'{"old":1,"count":2}'


def test_a_large_state_that_is_being_shown_is_shown_by_the_new_process(tmp_path: Path, forked: Fork) -> None:
    node = forked(old(tmp_path, compile_machine(stores.Store).program))
    with Wire(port_of(node.hear("camshaft node"))) as wire:
        names = [f"item {number}" for number in range(3_000)]
        wire.send(b"".join(packed("CALL", "store", "put", name, "1") for name in names))
        wire.replies(len(names))
        heir = forked(new(tmp_path, "before Take"))
        heir.hear("stopped before Take")
        wire.send(packed("STATE", "store") + packed("CALL", "store", "put", "another", "1"))
        heir.go_on()
        heir.hear("taken over from")
        assert list(json.loads(wire.reply())["items"]) == names
        assert wire.reply() == len(names) + 1


def test_a_rollout_goes_on(tmp_path: Path, forked: Fork) -> None:
    node = forked(old(tmp_path, counter()))
    port = port_of(node.hear("camshaft node"))
    with Client(Endpoint(port=port)) as client:
        for key in range(20):
            client.call(f"counter/{key}", "incr", [], {})
        client.upgrade_bytes(upgrade(counter(), PAIRS, split(), rollout=terms(ALL // 4, ALL // 2, ALL)))
        client.connection.commands([("CALL", f"counter/{key}", "incr") for key in range(20)])
        before = client.rollout("counter")
        forked(new(tmp_path)).hear("taken over from")
        after = client.rollout("counter")
    assert (after.share, after.compared, after.verdict, after.instances) == (
        before.share,
        before.compared,
        before.verdict,
        before.instances,
    )


def test_a_snapshot_that_is_being_written_is_waited_for(tmp_path: Path, forked: Fork) -> None:
    node = forked(old(tmp_path, counter()))
    with Wire(port_of(node.hear("camshaft node"))) as wire:
        heir = forked(new(tmp_path, "before Take"))
        heir.hear("stopped before Take")
        # Its writer waits until somebody reads.
        draft = tmp_path / "snapshot-00000000000000000001.new"
        os.mkfifo(draft)
        assert wire.ask("SNAPSHOT") == 1
        heir.go_on()
        for _ in range(3):
            heir.hear("says Take")
        assert wire.ask("CALL", "counter", "incr") is None
        draft.read_bytes()
        heir.hear("taken over from")
        assert wire.ask("CALL", "counter", "value") == 1


# ---- what is refused -----------------------------------------------------------------------------------------------


def other_protocol() -> None:
    """Be as a later version of Camshaft."""
    vars(sys.modules["camshaft.node.taking_over"])["PROTOCOL"] = 2


def no_format() -> None:
    """Be as a version that is older than the journal."""
    vars(sys.modules["camshaft.journal.file"])["FORMAT_VERSION"] = 0


REFUSED: dict[str, tuple[Callable[[Path], Forked], str]] = {
    "another port": (
        lambda data: new(data, port=1),
        r"the node \(pid \d+\) listens on 127.0.0.1:\d+, not on 127.0.0.1:1, and a takeover does not change that",
    ),
    "another host": (
        lambda data: new(data, host="localhost"),
        r"the node \(pid \d+\) listens on 127.0.0.1:\d+, not on localhost:0",
    ),
    "no journal": (
        lambda data: new(data, durability=Durability.MEMORY),
        "a node with --durability memory takes nothing over",
    ),
    "another protocol": (
        lambda data: new(data, begin=other_protocol),
        r"hands over by protocol 1 \(Camshaft .*\), and Camshaft .* takes over by protocol 2. Stop that node",
    ),
    "a journal of a later version": (
        lambda data: new(data, begin=no_format),
        "is of journal format 1; this version of Camshaft reads formats up to 0",
    ),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_cannot_take_over_says_why_and_the_node_goes_on(tmp_path: Path, forked: Fork, reason: str) -> None:
    begin, said = REFUSED[reason]
    node = forked(old(tmp_path, counter()))
    with Wire(port_of(node.hear("camshaft node"))) as wire:
        heir = forked(begin(tmp_path))
        assert re.search(said, heir.hear("error: "))
        assert heir.end() == 1
        assert wire.ask("CALL", "counter", "incr") is None
        forked(new(tmp_path)).hear("taken over from")
        assert wire.ask("CALL", "counter", "value") == 1


def test_of_two_at_once_one_is_refused(tmp_path: Path, forked: Fork) -> None:
    node = forked(old(tmp_path, counter()))
    node.hear("camshaft node")
    first = forked(new(tmp_path, "before Take"))
    first.hear("stopped before Take")
    second = forked(new(tmp_path))
    second.hear(f"error: the node (pid {node.pid}) cannot be taken over: process {first.pid} is taking the node over")
    assert second.end() == 1
    first.go_on()
    first.hear("taken over from")


def test_a_node_that_is_stopped_meanwhile_stops_and_is_not_taken_over(tmp_path: Path, forked: Fork) -> None:
    node = forked(old(tmp_path, counter()))
    node.hear("camshaft node")
    heir = forked(new(tmp_path, "before Take"))
    heir.hear("stopped before Take")
    node.signal(signal.SIGTERM)
    assert node.end() == 0
    heir.go_on()
    heir.hear(f"error: the node (pid {node.pid}) cannot be taken over: the node was stopped")
    assert heir.end() == 1


def test_a_process_that_does_not_go_on_is_not_waited_for_without_end(tmp_path: Path, forked: Fork) -> None:
    node = forked(old(tmp_path, counter(), patience_s=0.1))
    with Wire(port_of(node.hear("camshaft node"))) as wire:
        heir = forked(new(tmp_path, "before Taken"))
        heir.hear("stopped before Taken")
        node.hear(f"process {heir.pid} does not take this node over: timed out; this node goes on")
        assert wire.ask("CALL", "counter", "incr") is None
        heir.go_on()
        heir.hear("cannot be taken over: the node goes on as it was: timed out")
        assert heir.end() == 1
        assert wire.ask("CALL", "counter", "incr") is None


# ---- as a user sees it ---------------------------------------------------------------------------------------------


def test_the_supervisor_follows_the_node_from_process_to_process(tmp_path: Path, forked: Fork) -> None:
    data, name = tmp_path / "data", str(tmp_path / "notify")

    def supervised() -> None:
        os.environ["NOTIFY_SOCKET"] = name

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(name)
        supervisor.settimeout(20)
        node = forked(old(data, counter(), begin=supervised))
        assert supervisor.recv(1_000) == f"READY=1\nMAINPID={node.pid}".encode()
        heir = forked(new(data, begin=supervised))
        told = {supervisor.recv(1_000) for _ in range(2)}
        assert told == {f"MAINPID={heir.pid}".encode(), f"READY=1\nMAINPID={heir.pid}".encode()}
        heir.hear("taken over from")
        heir.signal(signal.SIGTERM)
        assert supervisor.recv(1_000) == b"STOPPING=1"


def test_serve_takes_over_and_says_so_on_both_sides(tmp_path: Path) -> None:
    counter_py, data = EXAMPLES / "counter.py", tmp_path / "data"
    with serving(counter_py, "--takeover", data=data) as first:
        assert first.said[0] == f"no node runs on {data}, or none that can be taken over: started as without --takeover"
        with Wire(first.port) as wire:
            assert wire.ask("CALL", "counter", "incr") is None
            other = tmp_path / "other.py"
            other.write_text(counter_py.read_text().replace("class Counter", "class Other"))
            second = NodeProcess(counter_py, other, "--takeover", data=data, port=first.port)
            try:
                assert second.said[0] == f"recovered 2 entries from {data}"
                told = f"serving counter, other, taken over from pid {first.process.pid}: 1 client waited"
                assert told in second.said[-1]
                first.process.wait(timeout=60)
                assert first.process.returncode == 0
                assert wire.ask("CALL", "counter", "value") == 1
                assert wire.ask("CALL", "other", "incr") is None
            finally:
                assert second.stop() == 0
            assert first.process.communicate()[0].endswith(f"handed over to pid {second.process.pid}\n")
