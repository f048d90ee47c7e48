"""The node as the `redis` package sees it, in both versions of the protocol."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import redis

from camshaft.bytecode.encoding import decode_program, encode_program, program_id
from camshaft.node.server import NodeThread
from generators.machines import counter, counter_v2, split, upgrade
from generators.wire import ECHOES, node

Ask = Callable[..., Any]


@pytest.fixture
def running() -> Iterator[NodeThread]:
    with node() as thread:
        yield thread


@pytest.fixture(params=[2, 3], ids=["resp2", "resp3"])
def client(running: NodeThread, request: pytest.FixtureRequest) -> Iterator[Any]:
    with redis.Redis(port=running.port, protocol=request.param, decode_responses=True) as made:
        yield made


@pytest.fixture
def resp3(running: NodeThread) -> Iterator[Ask]:
    with redis.Redis(port=running.port, protocol=3, decode_responses=True) as made:
        yield made.execute_command


@pytest.fixture
def resp2(running: NodeThread) -> Iterator[Ask]:
    with redis.Redis(port=running.port, protocol=2, decode_responses=True) as made:
        yield made.execute_command


def test_a_command_and_a_query(client: Any) -> None:
    assert client.execute_command("CALL", "counter", "incr") is None
    assert client.execute_command("CALL", "counter", "add", 5) is None
    assert client.execute_command("CALLN", "counter", "add", "n", "-2") is None
    assert client.execute_command("CALL", "counter", "value") == 4


def test_instances_have_states_of_their_own(client: Any) -> None:
    client.execute_command("CALL", "counter/a b/ü", "incr")
    client.execute_command("CALL", "counter/'\"", "add", 2)
    assert client.execute_command("STATE", "counter/a b/ü") == '{"count":1}'
    assert client.execute_command("STATE", "counter/'\"") == '{"count":2}'
    assert client.execute_command("STATE", "counter/nobody") == '{"count":0}'
    assert client.execute_command("INSTANCES", "counter") == ["0", ["counter/a b/ü", "counter/'\""]]


def test_a_query_creates_no_instance(client: Any) -> None:
    assert client.execute_command("CALL", "counter/x", "value") == 0
    assert client.execute_command("INSTANCES", "counter") == ["0", []]


def test_a_refusal_tells_its_name_and_its_fields(client: Any) -> None:
    client.execute_command("CALL", "cart/alice", "put", "apple", 2)
    with pytest.raises(redis.ResponseError, match=r'^REFUSED OutOfStock {"sku":"apple","left":2}$'):
        client.execute_command("CALL", "cart/alice", "take", "apple", 3)
    assert client.execute_command("STATE", "cart/alice") == '{"stock":{"apple":2},"taken":0}'


def test_a_trap_tells_its_kind(client: Any) -> None:
    with pytest.raises(redis.ResponseError, match=r"^TRAP KeyError .*'apple'"):
        client.execute_command("CALL", "cart", "left", "apple")
    with pytest.raises(redis.ResponseError, match=r"^TRAP AssertionError no$"):
        client.execute_command("CALL", "counter", "trap")
    assert client.execute_command("STATE", "counter") == '{"count":0}'


def test_what_does_not_fit_is_rejected_and_the_connection_goes_on(client: Any) -> None:
    for words in (("counter", "inc"), ("nobody", "incr"), ("counter", "add", "x"), ("counter", "add", 1, 2)):
        with pytest.raises(redis.ResponseError, match=r"^REJECTED "):
            client.execute_command("CALL", *words)
    assert client.ping()


@pytest.mark.parametrize(
    ("method", "argument", "reply"),
    [
        ("unit", "null", None),
        ("bool", "true", True),
        ("bool", "false", False),
        ("int", "-7", -7),
        ("str", "a\r\nb", "a\r\nb"),
        ("list", "[1,2]", [1, 2]),
        ("pair", "[1,true]", [1, True]),
        ("card", '{"number":"1","cents":5}', {"number": "1", "cents": 5}),
        ("map", '{"a":[1]}', {"a": [1]}),
        ("table", '[[1,"x"]]', [[1, "x"]]),
        ("maybe", "null", None),
        ("maybe", "3", 3),
        ("payment", '{"Card":{"number":"1","cents":5}}', {"Card": {"number": "1", "cents": 5}}),
        ("payment", '{"Cash":null}', {"Cash": None}),
    ],
)
def test_resp3_gives_each_result_in_its_own_type(resp3: Ask, method: str, argument: str, reply: Any) -> None:
    answered = resp3("CALL", "echo", method, argument)
    assert answered == reply
    assert type(answered) is type(reply)
    assert method in ECHOES


@pytest.mark.parametrize(
    ("method", "argument", "reply"),
    [
        ("unit", "null", None),
        ("bool", "true", 1),
        ("int", str(2**70), str(2**70)),
        ("card", '{"number":"1","cents":5}', ["number", "1", "cents", 5]),
        ("map", '{"a":[1]}', ["a", [1]]),
    ],
)
def test_resp2_gives_what_it_has(resp2: Ask, method: str, argument: str, reply: Any) -> None:
    assert resp2("CALL", "echo", method, argument) == reply


def test_a_pipeline_is_answered_in_order(client: Any) -> None:
    with client.pipeline(transaction=False) as pipeline:
        for _ in range(500):
            pipeline.execute_command("CALL", "counter", "incr")
            pipeline.execute_command("CALL", "counter", "value")
            pipeline.execute_command("ECHO", "x")
            pipeline.execute_command("CALL", "counter", "nothing")
        replies = pipeline.execute(raise_on_error=False)
    assert replies[1::4] == list(range(1, 501))
    assert set(replies[2::4]) == {"x"}
    assert all(isinstance(reply, redis.ResponseError) for reply in replies[3::4])


def test_machines_are_listed_and_described(resp3: Ask) -> None:
    resp3("CALL", "cart/alice", "put", "apple", 2)
    machines = {machine["name"]: machine for machine in resp3("MACHINES")}
    assert set(machines) == {"counter", "cart", "echo"}
    assert machines["cart"]["instances"] == 1
    assert machines["counter"]["id"] == program_id(counter())
    described = json.loads(resp3("DESCRIBE", "cart"))
    assert described["name"] == "cart"
    assert described["id"] == machines["cart"]["id"]
    assert described["state"] == "{stock: dict[str, int], taken: int}"
    assert described["methods"][1] == {
        "name": "take",
        "kind": "command",
        "parameters": [{"name": "sku", "type": "str"}, {"name": "n", "type": "int"}],
        "result": "int",
        "refusals": ["OutOfStock"],
    }
    assert described["refusals"] == [
        {"name": "OutOfStock", "fields": [{"name": "sku", "type": "str"}, {"name": "left", "type": "int"}]}
    ]
    ordered = json.loads(resp3("DESCRIBE", "echo"))["methods"][-1]
    assert ordered["parameters"][1] == {"name": "b", "type": "int", "default": 2}


def test_a_deployment_an_upgrade_and_their_history(running: NodeThread, resp3: Ask) -> None:
    new = counter(step=10)
    assert resp3("DEPLOY", encode_program(counter()))["position"] == 0
    data = upgrade(counter(), new)
    assert json.loads(resp3("PLAN", data)) == {
        "machine": "counter",
        "from": program_id(counter()),
        "to": program_id(new),
        "instances": 0,
        "state_changed": False,
        "migration": False,
        "given_back": None,
        "rehearsal": {"sample": 0, "us": 0, "waits": False, "held": 0},
        "served": [{"id": program_id(counter()), "methods": 5, "broken": {}}],
    }
    resp3("CALL", "counter", "incr")
    upgraded = resp3("UPGRADE", data)
    assert upgraded == {
        "machine": "counter",
        "from": program_id(counter()),
        "to": program_id(new),
        "position": 4,
        "migrated": 0,
    }
    assert resp3("UPGRADE", data) == upgraded
    resp3("CALL", "counter", "incr")
    assert resp3("CALL", "counter", "value") == 11
    deployed, changed = resp3("HISTORY", "counter")
    assert (deployed["kind"], deployed["position"], deployed["to"]) == ("deploy", 0, program_id(counter()))
    assert (changed["kind"], changed["outcome"], changed["position"]) == ("upgrade", "upgraded", 4)
    assert datetime.fromisoformat(changed["time"]).utcoffset() is not None
    with redis.Redis(port=running.port) as raw:
        assert decode_program(raw.execute_command("PROGRAM", "counter")) == new


def test_an_upgrade_in_a_pipeline_stands_between_the_calls_before_and_after_it(client: Any) -> None:
    with client.pipeline(transaction=False) as pipeline:
        pipeline.execute_command("CALL", "counter", "add", 5)
        pipeline.execute_command("UPGRADE", upgrade(counter(), counter_v2(), split()))
        pipeline.execute_command("CALL", "counter", "add", 1)
        pipeline.execute_command("CALL", "counter", "add", 1, "because")
        pipeline.execute_command("CALL", "counter", "old")
        replies = pipeline.execute(raise_on_error=False)
    assert replies[0] is None
    assert str(replies[2]).startswith("REJECTED add of counter takes 2 arguments")
    assert replies[3:] == [None, 5]
    assert client.execute_command("STATE", "counter") == '{"old":5,"count":6}'


def test_an_upgrade_that_is_not_acceptable_changes_nothing(client: Any) -> None:
    for data, reason in (
        (b"nonsense", "malformed"),
        (upgrade(counter(step=2), counter(step=3)), "the version running isn't the one the upgrade expects"),
        (upgrade(counter(), counter_v2()), "brings no migration"),
        (upgrade(counter(), b"\x93\x01"), "the new program is not acceptable"),
    ):
        for command in ("PLAN", "UPGRADE"):
            with pytest.raises(redis.ResponseError, match=f"^REJECTED .*{reason}"):
                client.execute_command(command, data)
    with pytest.raises(redis.ResponseError, match=r"^REJECTED "):
        client.execute_command("DEPLOY", b"\x00")
    assert client.execute_command("CALL", "counter", "incr") is None


def test_instances_come_in_pages(resp3: Ask, running: NodeThread) -> None:
    with redis.Redis(port=running.port) as writer, writer.pipeline(transaction=False) as pipeline:
        for number in range(1_001):
            pipeline.execute_command("CALL", f"counter/{number}", "incr")
        pipeline.execute()
    cursor, first = resp3("INSTANCES", "counter")
    end, rest = resp3("INSTANCES", "counter", cursor)
    assert [*first, *rest] == [f"counter/{number}" for number in range(1_001)]
    assert end == "0"
    with pytest.raises(redis.ResponseError, match="a cursor is 0 or"):
        resp3("INSTANCES", "counter", "x")


def test_a_client_introduces_itself(client: Any) -> None:
    assert client.client_setname("me")
    assert client.client_getname() == "me"
    assert client.client_id() > 0
    assert [each["name"] for each in client.client_list()] == ["me"]
    assert client.echo("x") == "x"
    assert client.select(0)
    with pytest.raises(redis.ResponseError, match="one database"):
        client.select(1)


def test_redis_tools_find_what_they_ask_for(client: Any) -> None:
    assert client.config_get("save") == {"save": ""}
    assert client.config_get("max*")["maxclients"] == "10000"
    assert client.command_count() == len(client.command()) == len(client.execute_command("COMMAND LIST"))
    client.execute_command("CALL", "counter", "incr")
    info = client.info()
    assert info["connected_clients"] == 1
    assert info["durability"] == "memory"
    assert info["journal_position"] == 4
    assert info["machines"] == 3
    assert set(client.info("stats")) >= {"total_commands_processed", "total_inputs_journaled"}
    assert "machines" not in client.info("stats")


def test_every_command_is_documented(resp3: Ask) -> None:
    documented = resp3("COMMAND DOCS")
    assert set(documented) == set(resp3("COMMAND LIST"))
    assert documented["call"]["summary"].startswith("Call a method")
    assert [argument["name"] for argument in documented["call"]["arguments"]] == ["address", "method", "argument"]
    assert set(resp3("COMMAND DOCS", "ping", "nothing")) == {"ping"}


def test_a_monitor_sees_every_command_as_it_runs(running: NodeThread, client: Any) -> None:
    watcher: Any = redis.Redis(port=running.port, decode_responses=True)
    with watcher, watcher.monitor() as monitor:
        client.execute_command("CALL", "counter", "incr")
        client.echo('a"b')
        seen = []
        for shown in monitor.listen():
            seen.append(shown["command"])
            if shown["command"].startswith("ECHO"):
                break
    assert seen[-2:] == ["CALL counter incr", 'ECHO a"b']
    assert not any(command.startswith("HELLO") for command in seen)
