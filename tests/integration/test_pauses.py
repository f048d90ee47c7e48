"""A node migrates between its turns what was put off, answers meanwhile, and is right if it is killed then."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.release import Release, encode_release
from camshaft.client.client import Client
from camshaft.client.endpoint import Endpoint
from camshaft.errors import Rejected
from camshaft.journal.memory import MemoryJournal
from camshaft.journal.sqlite import SqliteJournal
from camshaft.language.compile import compile_machine, compile_migration
from camshaft.node.later import releasing
from camshaft.node.server import NodeThread
from camshaft.runtime.entries import Input
from camshaft.runtime.replica import Replica
from camshaft.runtime.stages import LARGE
from camshaft.values.address import Address
from camshaft.values.view import to_json
from generators import stores
from generators.machines import counter, counter_v2, split_only_even, upgrade
from generators.wire import Wire, packed

ONE, TWO = compile_machine(stores.Store).program, compile_machine(stores.Store2).program
WITHOUT_E = compile_migration(stores.without_e).program
PRICED, UNPRICED = compile_migration(stores.priced).program, compile_migration(stores.unpriced).program
MANY = 2 * LARGE
PUT = packed("CALL", "store/large", "put", "new", "1")


def fill(client: Client) -> None:
    commands = [("CALL", "store/large", "put", f"item {number}", str(number)) for number in range(MANY)]
    assert client.connection.commands(commands)[-1] == MANY
    client.connection.commands([("CALL", f"store/{number}", "put", "item", "1") for number in range(100)])


def test_a_node_goes_on_by_itself_until_nothing_is_put_off() -> None:
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(ONE))
    with NodeThread(replica) as node, Client(Endpoint(port=node.port)) as client:
        fill(client)
        client.upgrade_bytes(upgrade(ONE, TWO, PRICED, UNPRICED))
        while replica.engine.is_behind:
            client.connection.command("PING")
        assert not replica.engine.advance()
        assert client.call("store/large", "take", ["item 5"], {}) == 5 + 3


def test_clients_use_a_large_map_while_it_is_brought_over_and_go_back_in_the_middle() -> None:
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(ONE))
    with NodeThread(replica) as node, Client(Endpoint(port=node.port)) as client:
        fill(client)
        client.upgrade_bytes(upgrade(ONE, TWO, PRICED, UNPRICED))
        for number in range(0, MANY, 97):
            assert client.call("store/large", "take", [f"item {number}"], {}) == number + 3
        client.call("store/large", "put", ["new", "7"], {})
        client.rollback(client.plan_rollback("store", "downgrade"))
        assert client.call("store/large", "take", ["item 1"], {}) == 1
        assert client.call("store/large", "take", ["new"], {}) == 7
        left = client.call("store/large", "names", [], {})
    assert left == [f"item {number}" for number in range(MANY) if number % 97 and number != 1]


@pytest.mark.parametrize("is_being_brought_over", [False, True])
def test_a_client_that_wants_a_large_state_waits_and_nobody_else_does(*, is_being_brought_over: bool) -> None:
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(ONE))
    with NodeThread(replica) as node, Client(Endpoint(port=node.port)) as other, Wire(node.port) as asking:
        fill(other)
        if is_being_brought_over:
            other.upgrade_bytes(upgrade(ONE, TWO, PRICED, UNPRICED))
        asking.send(packed("STATE", "store/large") + PUT + packed("STATE", "store/large") + packed("STATE", "store/5"))
        assert other.connection.command("PING") == "PONG"
        before, count, after, small = (asking.reply() for _ in range(4))
        assert count == MANY + 1
        assert [len(json.loads(state)["items"]) for state in (before, after, small)] == [MANY, MANY + 1, 1]
        assert json.loads(after) == json.loads(to_json(*replica.engine.state(Address("store", "large"))))


def test_those_who_leave_before_they_are_shown_a_large_state_hold_up_nobody() -> None:
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(ONE))
    with NodeThread(replica) as node, Client(Endpoint(port=node.port)) as other:
        fill(other)
        for _ in range(5):
            with Wire(node.port) as leaving:
                leaving.send(packed("STATE", "store/large"))
        assert len(json.loads(other.state("store/large"))["items"]) == MANY


def test_a_client_that_upgrades_what_can_fail_waits_and_nobody_else_does() -> None:
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(TWO))
    with NodeThread(replica) as node, Client(Endpoint(port=node.port)) as other:
        fill(other)
        change = upgrade(TWO, ONE, WITHOUT_E)
        with socket.create_connection(("127.0.0.1", node.port)) as upgrading:
            upgrading.sendall(
                b"*2\r\n$4\r\nPLAN\r\n$%d\r\n%s\r\n" % (len(change), change)
                + b"*2\r\n$7\r\nUPGRADE\r\n$%d\r\n%s\r\n" % (len(change), change)
                + b"*4\r\n$4\r\nCALL\r\n$7\r\nstore/5\r\n$3\r\nhas\r\n$4\r\nitem\r\n"
            )
            answered = 0
            replies = b""
            upgrading.setblocking(False)
            while not replies.endswith(b":1\r\n"):
                # It is in the middle of preparing, or past it: this client is answered all the same, and in order.
                answered += 1
                assert other.call(f"store/{answered % 100}", "put", ["more", "2"], {}) in (1, 2)
                with suppress(BlockingIOError):
                    replies += upgrading.recv(10_000)
        assert b"rehearsal" in replies
        assert b"migrated" in replies
        assert other.call("store/1", "take", ["more"], {}) == 2
        assert other.call("store/1", "names", [], {}) == ["item"]
        assert other.history("store")[-1]["outcome"] == "upgraded"


def test_an_upgrade_that_fails_on_one_instance_is_told_so_while_it_is_prepared() -> None:
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(TWO))
    with NodeThread(replica) as node, Client(Endpoint(port=node.port)) as client:
        fill(client)
        client.call("store/77", "put", ["e", "1"], {})
        with pytest.raises(Rejected, match="fails on the instance store/77"):
            client.upgrade_bytes(upgrade(TWO, ONE, WITHOUT_E))
        assert replica.engine.machine("store").preparation is None
        client.call("store/77", "take", ["e"], {})
        client.upgrade_bytes(upgrade(TWO, ONE, WITHOUT_E))
        assert client.call("store/77", "names", [], {}) == ["item"]


def released(*upgrades: bytes) -> bytes:
    return encode_release(Release("c" * 32, (), upgrades, ()))


def test_the_upgrades_of_a_release_are_prepared_as_single_ones_are() -> None:
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(TWO))
    replica.deploy(encode_program(counter()))
    replica.commit([Input("counter", key, "incr", (), program_id(counter())) for key in ("a", "a", "b", "b")])
    replica.commit([Input("store", key, "put", ("item", 1), program_id(TWO)) for key in ("x", "y")])
    change = released(upgrade(counter(), counter_v2(), split_only_even()), upgrade(TWO, ONE, WITHOUT_E))
    made = releasing(replica, change, lambda: replica.release(change))
    while made.advance():
        pass
    preparation = replica.engine.machine("store").preparation
    assert preparation is not None
    preparation.states["x"] = ({"mark": (1, "mark")}, {}, {}, 0)
    replica.commit([Input("counter", "a", "add", (2,), program_id(counter()))])
    done = made.run()
    made.close()
    assert [one.migrated for one in done.members] == [2, 2]
    assert list(dict(replica.engine.machine("store").states())["x"][0]) == ["mark"], "it was not computed again"
    assert dict(replica.engine.machine("counter").states())["a"] == (4, 4), "and this was"


def test_a_release_that_fails_on_one_instance_says_of_which_machine_while_it_is_prepared() -> None:
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(TWO))
    with NodeThread(replica) as node, Client(Endpoint(port=node.port)) as client:
        client.call("store/7", "put", ["e", "1"], {})
        change = released(upgrade(TWO, ONE, WITHOUT_E))
        for ask in (client.plan_release, client.release_bytes):
            with pytest.raises(Rejected, match="store, which the release would upgrade: the migration fails on"):
                ask(change)
        assert replica.engine.machine("store").preparation is None


def test_a_client_that_leaves_while_it_waits_leaves_nothing_behind() -> None:
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(TWO))
    with NodeThread(replica) as node, Client(Endpoint(port=node.port)) as client:
        fill(client)
        change = upgrade(TWO, ONE, WITHOUT_E)
        with socket.create_connection(("127.0.0.1", node.port)) as leaving:
            leaving.sendall(b"*2\r\n$4\r\nPLAN\r\n$%d\r\n%s\r\n" % (len(change), change))
        for _ in range(1_000):
            client.connection.command("PING")
    assert replica.engine.machine("store").preparation is None
    assert len(replica.engine.history("store")) == 1


IN_THE_MIDDLE = f"""
import sys
from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.journal.sqlite import SqliteJournal
from camshaft.language.compile import compile_machine, compile_migration
from camshaft.runtime.entries import Input
from camshaft.runtime.replica import Replica
from generators import stores
from generators.machines import upgrade

one, two = compile_machine(stores.Store).program, compile_machine(stores.Store2).program
replica = Replica(SqliteJournal(sys.argv[1]))
replica.deploy(encode_program(one))
items = [Input("store", "large", "put", (f"item {{n}}", n), program_id(one)) for n in range({MANY})]
replica.commit([*items, *(Input("store", str(n), "put", ("item", 1), program_id(one)) for n in range(100))])
replica.upgrade(upgrade(one, two, compile_migration(stores.priced).program))
replica.commit([Input("store", "large", "take", ("item 3",), program_id(two))])
for _ in range(120):
    assert replica.engine.advance()
print("in the middle", flush=True)
sys.stdin.read()
"""


def test_a_process_that_is_killed_in_the_middle_comes_back_as_if_all_had_been_done(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    with subprocess.Popen(
        [sys.executable, "-c", IN_THE_MIDDLE, str(tmp_path)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "in the middle\n"
        process.kill()
    with closing(SqliteJournal(tmp_path)) as journal:
        recovered = Replica(journal)
        recovered.recover()
        states = dict(recovered.engine.machine("store").states())
    assert list(states["large"][1]) == [f"item {number}" for number in range(MANY) if number != 3]
    assert states["large"][1]["item 9"] == ("item 9", 9, 3)
    assert states["7"][1] == {"item": ("item", 1, 3)}


GARBAGE = """
import gc, socket
import pytest

from camshaft.bytecode.encoding import encode_program
from camshaft.journal.memory import MemoryJournal
from camshaft.node.server import NodeThread
from camshaft.runtime.replica import Replica
from generators.machines import counter

def use(port):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for words in ("CALL counter incr", "CALL counter trap", "CALL counter nothing", "NOTHING", "STATE counter"):
            connection.sendall(words.encode() + b"\\r\\n")
            assert connection.recv(10_000)

replica = Replica(MemoryJournal())
replica.deploy(encode_program(counter()))
with NodeThread(replica) as node:
    use(node.port)
    gc.collect()
    for _ in range(50):
        use(node.port)
    print(gc.collect())
"""


def test_a_node_makes_no_garbage_that_only_the_collector_could_take_away() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run([sys.executable, "-c", GARBAGE], env=environment, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 20, "one object for each client would be more"
