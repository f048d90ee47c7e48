from __future__ import annotations

import json
from dataclasses import replace

import pytest

from camshaft.bytecode.encoding import encode_program
from camshaft.bytecode.release import Release, encode_release
from camshaft.client.client import Client
from camshaft.client.endpoint import Endpoint
from camshaft.client.failures import Disconnected, NoAnswer
from camshaft.client.outcomes import Deleted, Upgraded
from camshaft.errors import Rejected
from camshaft.journal.journal import Batch
from camshaft.journal.memory import MemoryJournal
from camshaft.node.server import NodeThread
from camshaft.runtime.replica import Replica
from generators.machines import cart, counter, counter_v2, split, upgrade
from generators.peer import GREETING, scripted
from generators.shop import Shop

ANSWER = (
    b"%5\r\n$7\r\nmachine\r\n$7\r\ncounter\r\n$4\r\nfrom\r\n$1\r\na\r\n$2\r\nto\r\n$1\r\nb\r\n"
    b"$8\r\nposition\r\n:7\r\n$8\r\nmigrated\r\n:2\r\n"
)
CHANGE = upgrade(counter(), counter_v2(), split())


def test_an_upgrade_whose_answer_was_lost_is_sent_again_until_it_is_answered() -> None:
    told: list[str] = []
    with scripted([GREETING, None], [None], [GREETING, ANSWER]) as peer, Client(Endpoint(port=peer.port)) as client:
        client.connection.tell = told.append
        assert client.upgrade_bytes(CHANGE) == Upgraded("counter", "a", "b", 7, 2)
        assert len({data for data in peer.received if b"UPGRADE" in data}) == 1
    assert told == [f"the connection to 127.0.0.1:{peer.port} was lost: trying again for up to 30 s"]


def test_an_upgrade_that_is_never_answered_stays_in_doubt_and_the_error_says_where_to_look() -> None:
    doubt = "the upgrade of counter may have been made, or not; `camshaft history counter` tells"
    with scripted([GREETING, None]) as peer, Client(Endpoint(port=peer.port), retry=False) as client:
        with pytest.raises(Disconnected, match=f"ended the connection before it answered: {doubt}"):
            client.upgrade_bytes(CHANGE)
        assert len(peer.connections) == 1
    late = pytest.raises(NoAnswer, match=f"gave no answer within 0.05 s: {doubt}")
    with scripted([GREETING]) as peer, Client(Endpoint(port=peer.port), timeout_s=0.05) as client, late:
        client.upgrade_bytes(CHANGE)


def test_what_only_asks_about_a_change_is_sent_again() -> None:
    with scripted([GREETING, None], [GREETING, b"$2\r\n{}\r\n"]) as peer, Client(Endpoint(port=peer.port)) as client:
        assert client.plan_bytes(CHANGE) == "{}"


def test_a_lost_call_is_sent_again() -> None:
    with scripted([GREETING, None], [None], [GREETING, b":1\r\n"]) as peer, Client(Endpoint(port=peer.port)) as client:
        assert client.call("counter", "incr", [], {}) == 1
        assert len(peer.connections) == 3


def test_a_lost_call_is_not_sent_again_where_nobody_wants_that() -> None:
    with (
        scripted([GREETING, None], [GREETING, b":1\r\n"]) as peer,
        Client(Endpoint(port=peer.port), retry=False) as client,
    ):
        with pytest.raises(Disconnected):
            client.call("counter", "incr", [], {})
        assert len(peer.connections) == 1


def test_instances_are_listed_page_by_page() -> None:
    with NodeThread(Replica(MemoryJournal())) as node, Client(Endpoint(port=node.port)) as client:
        client.deploy(Shop)
        keys = [f"shop/{number}" for number in range(2_500)]
        client.connection.commands([("CALL", key, "put", "tea") for key in keys])
        assert list(client.instances("shop")) == keys


def test_a_deletion_is_not_sent_again() -> None:
    with scripted([GREETING, None], [GREETING, b":1\r\n"]) as peer, Client(Endpoint(port=peer.port)) as client:
        with pytest.raises(Disconnected, match="the deletion of counter/a may have been made, or not; `camshaft inst"):
            client.delete("counter/a")
        assert len(peer.connections) == 1


def test_a_deleted_instance_begins_from_the_initial_state() -> None:
    with NodeThread(Replica(MemoryJournal())) as node, Client(Endpoint(port=node.port)) as client:
        client.deploy(Shop)
        shop = client.instance(Shop, "a")
        shop.put("tea")
        assert client.delete("shop/a") == Deleted("shop/a", 2)
        assert shop.goods() == {}
        assert list(client.instances("shop")) == []
        with pytest.raises(Rejected, match="there is no instance shop/a; nothing was changed"):
            client.delete("shop/a")


def test_a_page_has_as_many_instances_as_were_asked_for() -> None:
    with NodeThread(Replica(MemoryJournal())) as node, Client(Endpoint(port=node.port)) as client:
        client.deploy(Shop)
        client.connection.commands([("CALL", f"shop/{number}", "put", "tea") for number in range(3)])
        assert client.page("shop", count=2) == (2, ["shop/0", "shop/1"])
        assert client.page("shop", 2, 2) == (0, ["shop/2"])
        with pytest.raises(Rejected, match="from 1 to 1000"):
            client.page("shop", count=0)


def test_a_journal_is_fetched_page_by_page_as_it_was_written() -> None:
    replica = Replica(MemoryJournal())
    with NodeThread(replica) as node, Client(Endpoint(port=node.port)) as client:
        client.deploy(Shop)
        for _ in range(3):
            # A batch for each, larger together than what one page may hold.
            client.connection.commands([("CALL", f"shop/{number}", "put", "t" * 50_000) for number in range(4)])
        fetched = [Batch(*row) for row in client.journal()]
        assert fetched == list(replica.journal.read())
        assert sum(len(batch.payload) for batch in fetched) > 512 * 1024
        following, page = client.connection.command("EXPORT", "0")
        assert 0 < following == page[-1][0] + page[-1][1] < fetched[-1].end
        with pytest.raises(Rejected, match="from a position on"):
            client.connection.command("EXPORT", "-1")


def test_a_release_goes_over_the_wire_and_its_retry_is_known_again() -> None:
    release = Release("a" * 32, (encode_program(cart()),), ())
    with NodeThread(Replica(MemoryJournal())) as node, Client(Endpoint(port=node.port)) as client:
        assert json.loads(client.plan_release(encode_release(release)))["deploys"] == ["cart"]
        first = client.release_bytes(encode_release(release))
        assert [(one.machine, one.from_id) for one in first.members] == [("cart", "")]
        assert client.release_bytes(encode_release(release)) == first
        with pytest.raises(Rejected, match="each needs an id of its own"):
            client.release_bytes(encode_release(Release("a" * 32, (encode_program(counter()),), ())))


def test_a_release_is_taken_back_over_the_wire_and_the_retry_is_known_again() -> None:
    later = replace(cart(), methods=cart().methods[:1])
    release = Release("a" * 32, (encode_program(counter()),), (upgrade(cart(), later),))
    with NodeThread(Replica(MemoryJournal())) as node, Client(Endpoint(port=node.port)) as client:
        client.connection.command("DEPLOY", encode_program(cart()))
        client.release_bytes(encode_release(release))
        plan = client.plan_release_rollback("a" * 12)
        assert (plan.release, plan.ways, plan.left) == ("a" * 32, (("cart", "downgrade"),), ["counter"])
        done = client.rollback_release(plan, id="b" * 32)
        assert (done.id, done.left, [one.machine for one in done.members]) == ("a" * 32, ["counter"], ["cart"])
        assert client.rollback_release(plan, id="b" * 32) == done
        for words, reason in (
            (("a" * 32, "c" * 32, "cart", "replay", "counter"), "named once, with its way"),
            (("a" * 32, "c" * 32, "cart", "replay", "cart", "replay"), "named once, with its way"),
            (("a" * 32, "c" * 32, *(word for n in range(101) for word in (f"m{n}", "replay"))), "at most 100"),
            (("a" * 32, "no id", "cart", "replay"), "a rollback's id has 32 hex digits"),
            (("a" * 12, "c" * 32, "cart", "replay"), "a release's id has 32 hex digits"),
        ):
            with pytest.raises(Rejected, match=reason):
                client.connection.command("ROLLBACKRELEASE", *words)
        with pytest.raises(Rejected, match="is in force"):
            client.rollback_release("a" * 32)
