"""Going back over the wire, with a real journal: what it does, every failure, and a process that is killed in it."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import camshaft as cam
from camshaft.bytecode.encoding import program_id
from camshaft.client.client import Client
from camshaft.client.endpoint import Endpoint
from camshaft.client.outcomes import RolledBack
from camshaft.errors import Rejected
from camshaft.journal.sqlite import SqliteJournal
from camshaft.runtime.replica import Replica
from generators import machines
from generators.counters import even_and_odd, everything
from generators.rollbacks import kept
from generators.shop import Item, Shop, ShopV2, count_sales

V1, V2 = machines.counter(), machines.counter_v2()
ONE, TWO = program_id(V1), program_id(V2)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with even_and_odd(tmp_path) as (client, replica):
        yield client
    with closing(SqliteJournal(tmp_path)) as journal:
        recovered = Replica(journal)
        recovered.recover()
        assert everything_of(recovered) == everything_of(replica), "what the node held is what the journal says"


def everything_of(replica: Replica) -> Any:
    return {
        name: (
            machine.loaded.id,
            machine.history,
            list(machine.states()),
            [kept(machine, each) for each in machine.undoable],
        )
        for name, machine in replica.engine.machines.items()
    }


def test_a_plan_says_what_a_rollback_loses_and_the_rollback_does_it(client: Client) -> None:
    client.upgrade_bytes(machines.upgrade(V1, V2, machines.split()))
    client.call("counter/even", "incr", [], {})
    client.call("counter/new", "add", ["5", "why"], {})
    before = everything(client)
    plan = client.plan_rollback("counter")
    assert everything(client) == before
    assert (plan.way, plan.undone, plan.instances) == ("replay", 3, 3)
    assert plan.inputs is not None
    assert (plan.inputs.inputs, plan.inputs.unfit.count, plan.inputs.instances) == (2, 1, 1)
    done = client.rollback(plan)
    assert done == RolledBack("counter", TWO, ONE, position=6, undone=3, way="replay", instances=2)
    assert [client.state(address) for address in client.instances("counter")] == ['{"count":5}', '{"count":7}']
    assert [record["kind"] for record in client.history("counter")] == ["deploy", "upgrade", "rollback"]
    client.call("counter/odd", "add", ["1"], {})
    assert client.call("counter/odd", "value", [], {}) == 8


def test_calls_are_of_the_old_version_again_in_the_same_turn(client: Client) -> None:
    client.upgrade_bytes(machines.upgrade(V1, V2, machines.split()))
    plan = client.plan_rollback("counter")
    words = ("ROLLBACK", "counter", str(plan.undone), plan.way, "a" * 32)
    replies = client.connection.commands(
        [
            ("CALL", "counter/even", "add", "1", "why"),
            words,
            ("CALL", "counter/even", "add", "1", "why"),
            ("CALL", "counter/even", "add", "1"),
            words,
        ]
    )
    assert replies[0] is None
    assert replies[1] == replies[4]
    assert isinstance(replies[2], Rejected)
    assert replies[3] is None
    assert client.state("counter/even") == '{"count":5}'


FAILURES: dict[str, tuple[tuple[str, ...], str]] = {
    "nothing to go back to": (("ROLLBACKPLAN", "odd-one-out"), "there is no machine 'odd-one-out' here"),
    "another upgrade": (("ROLLBACK", "counter", "2", "replay", "a" * 32), "is that at position 3, not 2"),
    "no such way": (("ROLLBACK", "counter", "3", "magic", "a" * 32), "there is no way back 'magic'"),
    "no such way to plan": (("ROLLBACKPLAN", "counter", "\udcff"), "a way back: expected UTF-8 text"),
    "a downgrade that traps": (
        ("ROLLBACK", "counter", "3", "downgrade", "a" * 32),
        "the downgrade fails on the instance counter/odd: AssertionError: an odd count; nothing was changed",
    ),
    "no position": (("ROLLBACK", "counter", "-3", "replay", "a" * 32), "named by its position in the journal"),
    "a huge position": (("ROLLBACK", "counter", "9" * 19, "replay", "a" * 32), "named by its position in the journal"),
    "no id": (("ROLLBACK", "counter", "3", "replay", "A" * 32), "a rollback's id has 32 hex digits"),
    "the id of an upgrade": (
        ("ROLLBACK", "counter", "3", "replay", "b" * 32),
        "another upgrade or rollback had the id",
    ),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_bad_rollback_is_refused_with_its_reason_and_changes_nothing(failure: str, client: Client) -> None:
    words, reason = FAILURES[failure]
    client.upgrade_bytes(machines.upgrade(V1, V2, machines.split(), machines.merge_only_even(), id="b" * 32))
    before = everything(client)
    encoded = [word.encode("utf-8", "surrogateescape") for word in words]
    with pytest.raises(Rejected) as error:
        client.connection.command(*encoded)
    assert reason in str(error.value)
    assert everything(client) == before
    # The node serves on, and going back is still possible.
    assert client.rollback(client.plan_rollback("counter", "replay")).instances == 2


def test_there_is_nothing_to_go_back_to_before_an_upgrade_and_after_a_rollback(client: Client) -> None:
    with pytest.raises(Rejected, match="counter runs its first version"):
        client.rollback("counter")
    client.upgrade_bytes(machines.upgrade(V1, V2, machines.split()))
    client.rollback("counter")
    before = everything(client)
    with pytest.raises(Rejected, match="counter has gone back to its first version"):
        client.rollback("counter")
    assert everything(client) == before


def test_an_upgrade_after_the_plan_makes_it_void(client: Client) -> None:
    client.upgrade_bytes(machines.upgrade(V1, V2, machines.split()))
    plan = client.plan_rollback("counter")
    client.upgrade_bytes(machines.upgrade(V2, V1, machines.merge()))
    before = everything(client)
    with pytest.raises(Rejected, match="is that at position 4, not 3: something else was changed meanwhile"):
        client.rollback(plan)
    assert everything(client) == before


def test_a_retry_has_the_first_answer_and_happens_once(client: Client) -> None:
    client.upgrade_bytes(machines.upgrade(V1, V2, machines.split()))
    plan = client.plan_rollback("counter")
    first = client.rollback(plan, id="c" * 32)
    client.call("counter/odd", "incr", [], {})
    before = everything(client)
    assert client.rollback(plan, id="c" * 32) == first
    assert everything(client) == before


def test_a_rollback_whose_answer_was_lost_is_sent_once_more_and_happens_once(client: Client) -> None:
    """Between the client and the node stands something that lets the command through, and cuts the line then."""
    client.upgrade_bytes(machines.upgrade(V1, V2, machines.split()))
    plan = client.plan_rollback("counter")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        seen: list[bytes] = []
        relay = threading.Thread(target=_relay, args=(listener, client.endpoint.port, seen))
        relay.start()
        with Client(Endpoint(port=listener.getsockname()[1])) as other:
            done = other.rollback(plan)
        relay.join()
    assert done.undone == 3
    assert len([data for data in seen if b"ROLLBACK" in data]) == 2
    assert [record["kind"] for record in client.history("counter")] == ["deploy", "upgrade", "rollback"]


def _relay(listener: socket.socket, port: int, seen: list[bytes]) -> None:
    """Carry bytes to and fro; the answer to the first rollback is not carried, and its connection ends."""
    for _ in range(2):
        near, _ = listener.accept()
        with near, socket.create_connection(("127.0.0.1", port)) as far:
            while data := near.recv(65_536):
                seen.append(data)
                far.sendall(data)
                answer = far.recv(65_536)
                if b"ROLLBACK" in data and len([each for each in seen if b"ROLLBACK" in each]) == 1:
                    break
                near.sendall(answer)


def test_a_machine_goes_back_in_this_process() -> None:
    with cam.Node() as node:
        node.deploy(Shop)
        node.instance(Shop).put("tea", 5)
        node.upgrade(cam.Upgrade(old=Shop, new=ShopV2, migrate=count_sales))
        plan = node.plan_rollback("shop")
        assert plan.way == "replay"
        done = node.rollback(plan, id="d" * 32)
        assert node.rollback(plan, id="d" * 32) == done
        assert node.instance(Shop).take(Item("tea", 2)) == 3, "the old class fits again"


# ---- killed at any moment ------------------------------------------------------------------------------------------

ROUNDS = 10

WRITER = """
import sys
from generators.machines import counter, counter_v2, merge, split, upgrade
from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.journal.sqlite import SqliteJournal
from camshaft.runtime.entries import Input
from camshaft.runtime.replica import Replica

replica = Replica(SqliteJournal(sys.argv[1]))
replica.recover()
if not replica.engine.machines:
    replica.deploy(encode_program(counter()))
machine = replica.engine.machine("counter")
print("ready", flush=True)
number = len(machine.history)
while True:
    if machine.undoable:
        checked = replica.engine.check_rollback("counter")
        replica.rollback(f"{number:032x}", "counter", checked.undoable.position, checked.way)
    else:
        back = merge() if number % 4 == 1 else None
        replica.upgrade(upgrade(counter(), counter_v2(), split(), back, id=f"{number:032x}"))
    number += 1
    print("changed", flush=True)
    for _ in range(3):
        replica.commit([Input("counter", f"key-{n}", "incr", (), machine.loaded.id) for n in range(5)])
        print("counted", flush=True)
"""


def told_until_killed(data: Path, lines: int) -> list[str]:
    """Run the writer, kill it once it has said some lines; gives all that it had said by then."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent.parent), *sys.path])}
    arguments = [sys.executable, "-c", WRITER, str(data)]
    with subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        said = [writer.stdout.readline() for _ in range(lines)]
        writer.kill()
        return said + writer.stdout.read().splitlines(keepends=True)


def test_a_process_killed_while_it_goes_to_and_fro_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    choose = random.Random(5)
    changed = counted = 0
    for round_ in range(1, ROUNDS + 1):
        said = told_until_killed(tmp_path, choose.randrange(0, 20))
        changed += said.count("changed\n")
        counted += said.count("counted\n")
        with closing(SqliteJournal(tmp_path)) as journal:
            replica = Replica(journal)
            replica.recover()
            machine = replica.engine.machine("counter")
            kinds = [record.kind for record in machine.history]
            assert kinds == ["deploy", *(("upgrade", "rollback")[n % 2] for n in range(len(kinds) - 1))]
            assert machine.loaded.id == (TWO if kinds[-1] == "upgrade" else ONE)
            counts = {state[-1] for _, state in machine.states()}
            assert len(counts) <= 1, "a batch is there as a whole or not at all"
            # What was being written when a kill came may have become durable before anybody could be told.
            assert counted <= next(iter(counts), 0) <= counted + round_
            assert changed <= len(kinds) - 1 <= changed + round_
    assert changed > ROUNDS
