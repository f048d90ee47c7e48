"""Clients of an old version are served through methods that nobody else can call, over sockets."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import redis

import camshaft as cam
from camshaft.journal.memory import MemoryJournal
from camshaft.node.server import NodeThread
from camshaft.runtime.replica import Replica
from camshaft.testing import call, check_upgrade
from generators.meters import Meter, Meter2, Meter3, reset, to_rooms

TO_SECOND = cam.Upgrade(Meter, Meter2, migrate=to_rooms, adapters=[reset])


@pytest.fixture
def client() -> Iterator[cam.Client]:
    with NodeThread(Replica(MemoryJournal())) as node, cam.Client(f":{node.port}") as made:
        made.deploy(Meter)
        yield made


def test_an_old_client_is_served_through_hidden_methods_over_two_upgrades(client: cam.Client) -> None:
    old = client.instance(Meter)
    old.tick()
    client.upgrade(cam.Upgrade(Meter, Meter2, migrate=to_rooms, adapters=[reset]))
    old.tick()
    assert (old.total(), old.reset(), old.total()) == (2, 2, 0)
    client.upgrade(cam.Upgrade(Meter2, Meter3))
    old.tick()
    client.instance(Meter3).tick("attic")
    assert (old.total(), old.reset(), old.total()) == (2, 2, 0)
    assert cam.state(client.instance(Meter3)) == Meter3(rooms={}, cleared=1)


def test_nobody_else_calls_them(client: cam.Client) -> None:
    client.upgrade(cam.Upgrade(Meter, Meter2, migrate=to_rooms, adapters=[reset]))
    with redis.Redis(port=client.endpoint.port, protocol=3, decode_responses=True) as plain:
        for words in (("CALL", "meter", "clear"), ("CALLN", "meter", "total"), ("ONCE", "k", "CALL", "meter", "clear")):
            with pytest.raises(redis.ResponseError, match=r"meter\.\w+ is hidden: adapters call it"):
                plain.execute_command(*words)
        with pytest.raises(redis.ResponseError, match=r"has no method 'rest'; it has tick, of"):
            plain.execute_command("CALL", "meter", "rest")
        described = json.loads(plain.execute_command("DESCRIBE", "meter"))
        assert [method["name"] for method in described["methods"]] == ["tick", "of"]


def test_a_client_of_a_version_that_hides_a_method_cannot_call_it_after_the_next_upgrade(client: cam.Client) -> None:
    client.upgrade(cam.Upgrade(Meter, Meter2, migrate=to_rooms, adapters=[reset]))
    second = cam.compile_machine(Meter2)
    client.upgrade(cam.Upgrade(Meter2, Meter3))
    with redis.Redis(port=client.endpoint.port, protocol=3, decode_responses=True) as plain:
        served = plain.execute_command("CLIENT", "INTERFACE", "meter", second.version)
        assert served["methods"] == {"tick": "same", "of": "same"}
        with pytest.raises(redis.ResponseError, match=r"meter\.clear is hidden"):
            plain.execute_command("CALL", "meter", "clear")


def test_plans_and_tests_of_upgrades_know_them() -> None:
    plan = TO_SECOND.plan()
    lines = plan.text().splitlines()
    assert "    - total() -> int  (old clients: by a derived adapter)" in lines
    assert "    - reset() -> int  (old clients: by `reset`, as written)" in lines
    assert lines[lines.index("    + clear()  (hidden: for adapters alone)") + 1] == (
        "    + total() -> int  (hidden: for adapters alone)"
    )
    assert plan.json()["methods"]["hidden"] == ["clear", "total"]
    check_upgrade(TO_SECOND, [call("tick"), call("total"), call("reset"), call("tick")], same_answers=True)
    with pytest.raises(TypeError, match="Meter2 has no method 'clear'; it has tick, of"):
        check_upgrade(cam.Upgrade(Meter2, Meter3), [call("clear")])
