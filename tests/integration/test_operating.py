"""What an operator who knows Redis asks a node, by Redis's client."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from camshaft.bytecode.encoding import encode_program
from camshaft.journal.memory import MemoryJournal
from camshaft.language.compile import compile_machine
from camshaft.node import slow, turns
from camshaft.node.server import NodeThread
from camshaft.runtime.replica import Replica
from generators.burner import Burner
from generators.machines import counter


@pytest.fixture
def client() -> Iterator[Any]:
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(counter()))
    with NodeThread(replica) as node, redis.Redis(port=node.port, decode_responses=True) as client:
        yield client


def test_info_has_what_an_operator_of_redis_looks_for(client: Any) -> None:
    client.execute_command("CALL", "counter", "incr")
    found = client.info()
    assert found["process_id"] == os.getpid()
    assert found["uptime_in_seconds"] >= 0
    assert found["used_memory_peak"] >= found["used_memory_rss"] > 0
    assert found["used_cpu_user"] > 0
    assert found["connected_clients"] == 1
    assert found["total_inputs_journaled"] == 1
    assert found["instantaneous_ops_per_sec"] >= 0
    assert found["slow_inputs"] >= 0
    assert (found["durability"], found["journal_position"]) == ("memory", 2)
    assert {"python_version", "os", "camshaft_version", "last_snapshot_position"} <= found.keys()
    assert found["machine_counter"]["instances"] == 1
    assert set(client.info("cpu")) == {"used_cpu_sys", "used_cpu_user"}


def test_what_was_slow_is_told_until_it_is_reset(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client.slowlog_reset()
    monkeypatch.setattr(slow, "SLOW_S", 0.0)
    monkeypatch.setattr(turns, "SLOW_S", 0.0)
    client.execute_command("CALL", "counter/a", "incr")
    client.execute_command("CALL", "counter/a", "value")
    monkeypatch.undo()
    found = client.slowlog_get(128)
    assert b"CALL counter/a incr" in [one["command"] for one in found]
    assert all(one["duration"] >= 0 for one in found)
    assert len(client.slowlog_get(1)) == 1
    assert client.slowlog_len() >= 1
    client.slowlog_reset()
    assert b"CALL counter/a incr" not in [one["command"] for one in client.slowlog_get(-1)]


def test_a_query_that_took_long_is_told_as_it_was_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow, "SLOW_S", 0.0)
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(compile_machine(Burner).to_run()))
    replica.set_fuel("burner", 10_000)
    with NodeThread(replica) as node, redis.Redis(port=node.port, decode_responses=True) as client:
        with pytest.raises(redis.ResponseError, match="TRAP OutOfFuel"):
            client.execute_command("CALL", "burner/hot", "burnt")
        assert b"CALL burner/hot burnt" in [one["command"] for one in client.slowlog_get(-1)]


@pytest.mark.parametrize("words", [("GET", "x"), ("GET", "-2"), ("HELP",), ("LEN", "1", "2")])
def test_slowlog_says_what_it_takes(client: Any, words: tuple[str, ...]) -> None:
    with pytest.raises(redis.ResponseError, match=r"SLOWLOG|slowlog"):
        client.execute_command("SLOWLOG", *words)


def test_settings_of_the_slow_log_are_read_as_redis_tells_them(client: Any) -> None:
    assert client.config_get("slowlog-*") == {"slowlog-log-slower-than": "10000", "slowlog-max-len": "128"}
