from __future__ import annotations

import re
import signal
import sqlite3
from pathlib import Path

import pytest
import redis

from camshaft.journal.file import FILE_NAME
from generators.nodes import EXAMPLES, camshaft, serving

COUNTER = EXAMPLES / "counter.py"


def test_a_node_says_where_it_listens_and_where_its_journal_is(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(COUNTER, data=data) as node:
        assert node.said == [f"camshaft node on 127.0.0.1:{node.port}, serving counter, journal in {data}"]
        assert node.stop() == 0


def test_a_node_that_syncs_every_second_says_so_and_loses_nothing_when_it_is_killed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(COUNTER, "--durability", "everysec", data=data) as node:
        assert node.said[0].endswith(f", journal in {data}, synced every second")
        node.answer("call", "counter", "incr")
        with redis.Redis(port=node.port) as client:
            assert client.info("persistence")["durability"] == "everysec"
            assert client.config_get("append*") == {"appendonly": "yes", "appendfsync": "everysec"}
        node.kill()
    with serving(COUNTER, data=data) as node:
        assert node.answer("call", "counter", "value") == "1\n"


def test_a_node_in_memory_says_so_and_leaves_the_disk_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(COUNTER, data=data) as node:
        node.answer("call", "counter", "incr")
        assert node.stop() == 0
    before = (data / FILE_NAME).read_bytes()
    with serving(COUNTER, "--durability", "memory", data=data) as node:
        assert node.said[0].startswith(f"the journal in {data} is left alone")
        assert node.said[1].endswith(", journal in memory: all is gone when the node ends")
        assert node.answer("call", "counter", "value") == "0\n"
        with redis.Redis(port=node.port) as client:
            assert client.info("persistence")["durability"] == "memory"
            assert client.config_get("append*") == {"appendonly": "no", "appendfsync": "no"}
    assert (data / FILE_NAME).read_bytes() == before
    with serving(COUNTER, "--durability", "memory", data=tmp_path / "other") as node:
        assert len(node.said) == 1
    assert not (tmp_path / "other").exists()


def test_a_port_in_use_is_a_clear_error(tmp_path: Path) -> None:
    with serving(COUNTER, data=tmp_path / "one") as node:
        done = camshaft("serve", COUNTER, "--data", tmp_path / "two", "--port", str(node.port))
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"error: port {node.port} on 127.0.0.1 is in use by another process")
        assert node.answer("call", "counter", "value") == "0\n"


def test_a_data_directory_in_use_is_a_clear_error_that_names_the_process(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(COUNTER, data=data) as node:
        done = camshaft("serve", COUNTER, "--data", data, "--port", "0")
        assert (done.returncode, done.stdout) == (1, "")
        assert f"is in use by another node (pid {node.process.pid})" in done.stderr


def test_how_long_history_is_kept_is_a_time_or_a_clear_error(tmp_path: Path) -> None:
    done = camshaft("serve", COUNTER, "--data", tmp_path / "data", "--port", "0", "--keep-for", "a month")
    assert (done.returncode, done.stdout) == (1, "")
    assert "expected a time such as 90s, 10m, 2h or 1d; got 'a month'" in done.stderr
    assert not (tmp_path / "data").exists(), "nothing was begun"


def test_over_existing_data_what_ran_last_goes_on_and_a_file_that_differs_is_named(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(COUNTER, data=data) as node:
        node.answer("call", "counter", "incr")
        node.answer("upgrade", EXAMPLES / "counter_v2.py")
        assert node.stop() == 0
    with serving(COUNTER, data=data) as node:
        assert node.answer("state", "counter") == '{"old": 1, "count": 1}\n'
        assert any(
            re.match(rf"counter [0-9a-f]{{12}} goes on: it ran here last, and {re.escape(str(COUNTER))} holds", line)
            for line in node.said
        )
        assert "  state:   - old: int" in node.said
        assert "  methods: unchanged" in node.said
    with serving(EXAMPLES / "counter_v2.py", data=data) as node:
        assert not any("goes on" in line for line in node.said)


def test_a_rollout_that_goes_on_is_told_with_what_can_be_done_about_it(tmp_path: Path) -> None:
    data, other = tmp_path / "data", tmp_path / "other_counter.py"
    other.write_text(COUNTER.read_text() + "\n    def zero(self) -> None:\n        self.count = 0\n")
    with serving(COUNTER, data=data) as node:
        node.answer("call", "counter", "incr")
        node.answer("upgrade", EXAMPLES / "counter_v2.py", "--canary", "100%", "--every", "10m", "--enough", "2")
        node.answer("call", "counter", "incr")
        assert node.stop() == 0
    for file in (COUNTER, EXAMPLES / "counter_v2.py"):
        with serving(file, data=data) as node:
            assert not any("it ran here last" in line for line in node.said), "both versions run"
            (first,) = (place for place, line in enumerate(node.said) if "the trial begun" in line)
            told = node.said[first : first + 4]
            assert re.fullmatch(r"counter \w{12} -> \w{12}: the trial begun at position 2 goes on, watching", told[0])
            assert told[1:] == [
                "  share:     100 %, 1 of 1 instances; 1 of the 2 inputs that are enough",
                "  next:      confirmed by itself once this is healthy",
                (
                    "  you can:   `camshaft rollout counter` to see more, `camshaft confirm counter` to keep the new "
                    "version, `camshaft rollout counter abort` to go back"
                ),
            ]
    with serving(other, data=data) as node:
        (line,) = (line for line in node.said if "it ran here last" in line)
        assert "(no upgrade replaces it while its rollout is under way)" in line
        assert "  methods: + zero" in node.said


def test_a_damaged_journal_is_not_served_and_what_is_intact_can_be_recovered(tmp_path: Path) -> None:
    data, saved = tmp_path / "data", tmp_path / "saved"
    with serving(COUNTER, data=data) as node:
        for _ in range(5):
            node.answer("call", "counter", "incr")
        node.stop()
    with sqlite3.connect(data / FILE_NAME) as damage:
        (table,) = next(iter(damage.execute("SELECT name FROM sqlite_master WHERE type = 'table'")))
        damage.execute(f"UPDATE {table} SET payload = x'00' WHERE position = 4")
    damage.close()

    done = camshaft("serve", COUNTER, "--data", data, "--port", "0")
    assert (done.returncode, done.stdout) == (1, "")
    assert "is damaged at position 4" in done.stderr
    assert f"camshaft recover --data {data} --to NEWDIR" in done.stderr

    recovered = camshaft("recover", "--data", data, "--to", saved)
    assert recovered.returncode == 0, recovered.stderr
    assert recovered.stdout.startswith(f"copied 4 entries from {data} to {saved}\n")
    with serving(COUNTER, data=saved) as node:
        assert node.answer("call", "counter", "value") == "3\n"


@pytest.mark.parametrize("missing", ["--data", "--to"])
def test_recover_needs_both_directories(missing: str, tmp_path: Path) -> None:
    options = {"--data": tmp_path, "--to": tmp_path / "new"}
    del options[missing]
    assert camshaft("recover", *(word for pair in options.items() for word in pair)).returncode == 2


def test_there_is_nothing_to_recover_where_there_is_no_journal(tmp_path: Path) -> None:
    done = camshaft("recover", "--data", tmp_path, "--to", tmp_path / "new")
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: there is no journal in {tmp_path}")


def test_an_interrupt_ends_a_node_quietly_and_loses_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(COUNTER, data=data) as node:
        node.answer("call", "counter", "incr")
        assert node.stop(signal.SIGINT) == 0
        assert len(node.said) == 1
    with serving(COUNTER, data=data) as node:
        assert node.answer("call", "counter", "value") == "1\n"


def test_a_file_with_two_versions_of_a_machine_is_not_served(tmp_path: Path) -> None:
    done = camshaft("serve", EXAMPLES.parent / "tests" / "generators" / "shop.py", "--data", tmp_path / "data")
    assert (done.returncode, done.stdout) == (1, "")
    assert "defines 2 versions of shop; keep each in a file of its own" in done.stderr
    assert not (tmp_path / "data").exists()
