"""Clients of three versions of a till on one node, over sockets: each is served its own, or told why it is not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
import redis
from typer.testing import CliRunner

import camshaft as cam
from camshaft.bytecode.encoding import program_id
from camshaft.cli.main import app
from camshaft.journal.memory import MemoryJournal
from camshaft.journal.sqlite import SqliteJournal
from camshaft.language.compile import compile_machine
from camshaft.node.server import NodeThread
from camshaft.runtime.replica import Replica
from generators import till_v1, till_v2, till_v3

FIRST = program_id(compile_machine(till_v1.Till).program)


@pytest.fixture
def node() -> Iterator[NodeThread]:
    with NodeThread(Replica(MemoryJournal())) as running:
        yield running


@pytest.fixture
def client(node: NodeThread) -> Iterator[cam.Client]:
    with cam.Client(f":{node.port}") as made:
        made.deploy(till_v1.Till)
        yield made


def to_second(client: cam.Client) -> None:
    client.upgrade(cam.Upgrade(till_v1.Till, till_v2.Till))


def to_third(client: cam.Client) -> None:
    client.upgrade(cam.Upgrade(till_v2.Till, till_v3.Till))


def test_an_old_proxy_works_on_through_two_upgrades(client: cam.Client) -> None:
    till = client.instance(till_v1.Till)
    assert till.pay(100) == 100
    for upgrade in (to_second, to_third):
        upgrade(client)
        till.pay(5)
        assert till.bill() == till_v1.Bill(cents=5)
        till.take(5)
        with pytest.raises(till_v1.TooLittle) as refused:
            till.take(1_000)
        assert refused.value == till_v1.TooLittle(left=100)
    assert cam.state(client.instance(till_v3.Till)).note == "no note"


def test_a_client_that_connects_after_the_upgrades_is_served_its_own_version(client: cam.Client) -> None:
    to_second(client)
    to_third(client)
    with cam.Client(client.endpoint) as late:
        assert late.instance(till_v1.Till, "new").pay(7) == 7
        assert late.instance(till_v2.Till, "new").pay(1, "a note") == 8
        assert late.instance(till_v3.Till, "new").bill() == till_v3.Bill(note="a note", cents=1, by=None)
        assert late.instance(till_v2.Till, "new").bill() == till_v2.Bill(cents=1, note="a note")


def test_versions_take_turns_on_one_connection(client: cam.Client) -> None:
    to_second(client)
    old, new = client.instance(till_v1.Till), client.instance(till_v2.Till)
    results = cam.pipeline(partial(old.pay, 1), partial(new.pay, 2, "a note"), partial(old.pay, 3), new.bill, old.bill)
    assert results == [1, 3, 6, till_v2.Bill(cents=3, note="no note"), till_v1.Bill(cents=3)]


def test_a_method_of_the_same_name_and_another_type_is_not_misread(client: cam.Client, node: NodeThread) -> None:
    till = client.instance(till_v1.Till)
    assert till.price(7) == 70
    to_second(client)
    with pytest.raises(cam.Stale, match=r"price takes \(article: str\) now, not \(article: int\)"):
        till.price(7)
    # Whoever says nothing is read by the version that runs.
    with redis.Redis(port=node.port, protocol=3, decode_responses=True) as plain:
        assert plain.execute_command("CALL", "till", "price", "7") == 1
        assert plain.execute_command("CALL", "till", "bill") == {"cents": 0, "note": "none"}


def test_a_refusal_that_a_client_cannot_know_is_stale(client: cam.Client) -> None:
    to_second(client)
    to_third(client)
    till = client.instance(till_v1.Till)
    till.pay(5)
    client.instance(till_v3.Till).close(9)
    with pytest.raises(cam.Stale, match="till refused with Closed"):
        till.pay(5)
    assert till.bill() == till_v1.Bill(cents=5)
    assert cam.state(client.instance(till_v3.Till)).total == 5


def test_an_announcement_is_answered_with_how_each_method_is_served(client: cam.Client, node: NodeThread) -> None:
    to_second(client)
    with redis.Redis(port=node.port, protocol=3, decode_responses=True) as plain:
        answer = plain.execute_command("CLIENT", "INTERFACE", "till", FIRST)
        methods = answer.pop("methods")
        second = program_id(compile_machine(till_v2.Till).program)
        assert answer == {"machine": "till", "interface": FIRST, "running": second, "upgrades": 1}
        assert (methods["pay"], methods["count"]) == ("adapted", "same")
        assert "price takes" in methods["price"]
        assert plain.execute_command("CALLN", "till", "pay", "cents", 5) == 5
        assert plain.execute_command("CALL", "till", "bill") == {"cents": 5}
        with pytest.raises(redis.ResponseError, match="STALE till runs program"):
            plain.execute_command("CALL", "till", "price", 7)
        assert plain.execute_command("RESET") == "RESET"
        assert "note" in plain.execute_command("CALL", "till", "bill")[2]


def test_an_unknown_version_is_stale_until_the_client_says_another_one(client: cam.Client, node: NodeThread) -> None:
    with redis.Redis(port=node.port, protocol=3, decode_responses=True) as plain:
        answer = plain.execute_command("CLIENT", "INTERFACE", "till", "0" * 64)
        assert answer == {"machine": "till", "interface": None, "running": FIRST, "upgrades": None, "methods": {}}
        with pytest.raises(redis.ResponseError, match="which never ran here"):
            plain.execute_command("CALL", "till", "count")
        plain.execute_command("CLIENT", "INTERFACE", "till", FIRST)
        assert plain.execute_command("CALL", "till", "count") == 0


@pytest.mark.parametrize(
    "words", [("till", "12"), ("till", "z" * 64), ("TILL", "0" * 64), ("till", "0" * 64, "1"), (b"\xff", "0" * 64)]
)
def test_what_is_no_announcement_is_an_error(node: NodeThread, words: tuple[str | bytes, ...]) -> None:
    with redis.Redis(port=node.port) as plain, pytest.raises(redis.ResponseError):
        plain.execute_command("CLIENT", "INTERFACE", *words)


def test_a_client_announces_a_bounded_number_of_interfaces(node: NodeThread) -> None:
    with redis.Redis(port=node.port) as plain:
        for number in range(64):
            plain.execute_command("CLIENT", "INTERFACE", f"machine-{number}", "0" * 64)
        with pytest.raises(redis.ResponseError, match="at most 64 machines"):
            plain.execute_command("CLIENT", "INTERFACE", "one-more", "0" * 64)
        plain.execute_command("CLIENT", "INTERFACE", "machine-7", "1" * 64)


def test_asynchronous_clients_are_served_their_own_version(client: cam.Client) -> None:
    to_second(client)
    to_third(client)

    async def run() -> None:
        async with cam.AsyncClient(client.endpoint) as made:
            first, second = made.instance(till_v1.Till), made.instance(till_v2.Till)
            results = await asyncio.gather(first.pay(1), second.pay(2, "a note"), first.pay(3))
            assert max(results) == 6
            assert await first.bill() in (till_v1.Bill(1), till_v1.Bill(2), till_v1.Bill(3))
            with pytest.raises(till_v2.TooLittle):
                await second.take(1_000)
            with pytest.raises(cam.Stale, match="price takes"):
                await first.price(7)

    asyncio.run(run())


# ---- new clients on old nodes ----------------------------------------------------------------------------------------


def test_a_new_client_leaves_out_what_an_old_node_does_not_know(client: cam.Client) -> None:
    till = client.instance(till_v2.Till)
    assert till.pay(5) == 5
    assert till.pay(5, "no note") == 10
    with pytest.raises(cam.Stale, match="it has no parameter note there"):
        till.pay(5, "thanks")
    with pytest.raises(cam.Stale, match="price cannot be called, since there article is int, not str"):
        till.price("tea")
    with pytest.raises(cam.Stale, match="bill cannot be called, since there it returns"):
        till.bill()
    assert till.count() == 10


def test_a_new_client_goes_on_when_its_version_arrives(client: cam.Client) -> None:
    till = client.instance(till_v2.Till)
    assert till.pay(5) == 5
    to_second(client)
    assert till.pay(5, "thanks") == 10
    assert till.bill() == till_v2.Bill(cents=5, note="thanks")


def test_a_client_goes_on_where_its_version_was_taken_back(client: cam.Client) -> None:
    to_second(client)
    till = client.instance(till_v2.Till)
    assert till.pay(5, "thanks") == 5
    client.rollback("till")
    assert till.pay(5) >= 5
    with pytest.raises(cam.Stale):
        till.bill()

    async def run() -> int:
        async with cam.AsyncClient(client.endpoint) as made:
            found: int = await made.instance(till_v2.Till).count()
            return found

    assert asyncio.run(run()) == till.count()


def test_an_embedded_node_serves_other_versions_as_a_node_does() -> None:
    with cam.Node() as node:
        node.deploy(till_v1.Till)
        first, second, third = node.instance(till_v1.Till), node.instance(till_v2.Till), node.instance(till_v3.Till)
        assert second.pay(5) == 5
        with pytest.raises(cam.Stale, match="no parameter note"):
            second.pay(5, "thanks")
        node.upgrade(cam.Upgrade(till_v1.Till, till_v2.Till))
        assert first.pay(5) == 10
        assert second.pay(5, "thanks") == 15
        assert first.bill() == till_v1.Bill(5)
        node.upgrade(cam.Upgrade(till_v2.Till, till_v3.Till))
        assert third.pay(1, by="ann") == 16
        assert first.bill() == till_v1.Bill(1)
        assert second.bill() == till_v2.Bill(cents=1, note="not a word")
        with pytest.raises(till_v1.TooLittle, match="left=16"):
            first.take(20)
        with pytest.raises(cam.Stale, match="price takes"):
            first.price(7)


# ---- after a restart -------------------------------------------------------------------------------------------------


def test_a_restarted_node_comes_to_the_same_and_its_clients_go_on(tmp_path: Path) -> None:
    first = Replica(SqliteJournal(tmp_path))
    with NodeThread(first) as running:
        port = running.port
        client = cam.Client(f":{port}")
        client.deploy(till_v1.Till)
        till = client.instance(till_v1.Till)
        to_second(client)
        to_third(client)
        assert till.pay(5) == 5
        before = client.state("till")
    first.close()
    replica = Replica(SqliteJournal(tmp_path))
    replica.recover()
    with NodeThread(replica, port=port), client:
        assert client.state("till") == before
        # The connection is a new one, and says again what it was made for.
        assert till.pay(5) == 10
        assert till.bill() == till_v1.Bill(5)
    replica.close()


# ---- who is there ----------------------------------------------------------------------------------------------------


def test_an_operator_sees_who_is_there_and_retires_a_version(client: cam.Client, node: NodeThread) -> None:
    till = client.instance(till_v1.Till)
    till.pay(1)
    to_second(client)
    till.pay(1)
    with redis.Redis(port=node.port, protocol=3, decode_responses=True) as other:
        other.execute_command("CLIENT", "INTERFACE", "till", "0" * 64)
        rows = {row["interface"]: row for row in client.clients("till")}
    last, position = rows[FIRST].pop("last"), rows[FIRST].pop("position")
    assert client.history("till")[-1]["position"] + 1 == position
    assert datetime.fromisoformat(last).tzinfo is not None
    assert rows.pop(FIRST) == {"interface": FIRST, "state": "old", "connections": 1, "inputs": 1}
    none = {"inputs": 0, "last": None, "position": None}
    unknown = rows.pop("0" * 64)
    assert unknown == {"interface": "0" * 64, "state": "never ran here", "connections": 1, **none}
    ((second, row),) = rows.items()
    assert row == {"interface": second, "state": "running", "connections": 0, **none}

    done = client.retire("till", FIRST[:12])
    assert (done["interface"], done["retired"]) == (FIRST, True)
    with pytest.raises(cam.Stale, match="was retired at position"):
        till.pay(1)
    with pytest.raises(cam.Stale, match="was retired at position"):
        till.count()
    assert {row["state"] for row in client.clients("till")} >= {f"retired at position {done['position']}", "running"}
    client.retire("till", FIRST[:12], undo=True)
    assert till.pay(1) == 3
    for given in (second[:12], FIRST[:7], "f" * 12, ""):
        with pytest.raises(cam.Rejected):
            client.retire("till", given)


def test_the_command_line_shows_versions_and_retires_them(client: cam.Client, node: NodeThread) -> None:
    till = client.instance(till_v1.Till)
    to_second(client)
    till.pay(1)
    runner = CliRunner()
    shown = runner.invoke(app, ["clients", "till", "--port", str(node.port)])
    first = next(line.split() for line in shown.output.splitlines() if line.startswith(FIRST[:12]))
    assert first[:4] == [FIRST[:12], "old", "1", "1"]
    done = runner.invoke(app, ["retire", "till", FIRST[:12], "--port", str(node.port)])
    assert done.output.startswith(f"till {FIRST[:12]}: retired at position")
    undone = runner.invoke(app, ["retire", "till", FIRST[:12], "--undo", "--json", "--port", str(node.port)])
    assert json.loads(undone.output)["retired"] is False
    listed = runner.invoke(app, ["clients", "till", "--json", "--port", str(node.port)])
    assert {row["state"] for row in json.loads(listed.output)} == {"old", "running"}
