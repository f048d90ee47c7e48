"""Snapshots of a node that runs: written beside it, and what it starts from after it was killed."""

from __future__ import annotations

import time
from pathlib import Path

import hiredis
import pytest

from camshaft.journal.snapshots import Snapshots
from generators.nodes import EXAMPLES, NodeProcess, camshaft, serving
from generators.wire import Wire, packed

COUNTER = EXAMPLES / "counter.py"
_DEADLINE_S = 30


def figures(wire: Wire) -> dict[str, str]:
    text = wire.ask("INFO", "persistence").decode()
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)


def written(wire: Wire, position: int) -> dict[str, str]:
    """What INFO says once there is a snapshot of a position, or a later one."""
    deadline = time.monotonic() + _DEADLINE_S
    while time.monotonic() < deadline:
        found = figures(wire)
        if int(found["last_snapshot_position"]) >= position:
            return found
    raise AssertionError(f"no snapshot of position {position}: {figures(wire)}")


def test_a_killed_node_starts_from_its_snapshot_and_the_entries_after_it(tmp_path: Path) -> None:
    node = NodeProcess(COUNTER, data=tmp_path)
    with Wire(node.port) as wire:
        wire.send(packed("CALL", "counter", "incr") * 500)
        wire.replies(500)
        assert wire.ask("SNAPSHOT") == 501
        wire.send(packed("CALL", "counter", "incr") * 20)
        wire.replies(20)
        found = written(wire, 501)
        assert (found["last_snapshot_status"], found["snapshot_in_progress"]) == ("ok", "0")
    node.kill()
    with serving(COUNTER, data=tmp_path) as again:
        assert f"recovered a snapshot of position 501 and 20 entries after it from {tmp_path}" in again.said
        assert again.answer("call", "counter", "value") == "520\n"


def test_a_node_makes_snapshots_by_itself_and_calls_go_on_meanwhile(tmp_path: Path) -> None:
    with serving(COUNTER, "--snapshot-entries", "300", data=tmp_path) as node, Wire(node.port) as wire:
        for _ in range(3):
            wire.send(packed("CALL", "counter", "incr") * 400)
            wire.replies(400)
            written(wire, int(figures(wire)["journal_position"]) - 300)
        assert len(Snapshots(tmp_path).newest_first()) <= 2
    with serving(COUNTER, data=tmp_path) as again:
        assert again.answer("call", "counter", "value") == "1200\n"
        assert any("recovered a snapshot of position" in line for line in again.said)


def test_a_snapshot_that_fails_is_told_and_the_node_goes_on(tmp_path: Path) -> None:
    with serving(COUNTER, data=tmp_path) as node, Wire(node.port) as wire:
        assert wire.ask("CALL", "counter", "incr") is None
        (tmp_path / "snapshot-00000000000000000002.new").mkdir()  # where the draft would be
        assert wire.ask("SNAPSHOT") == 2
        deadline = time.monotonic() + _DEADLINE_S
        while figures(wire)["last_snapshot_status"] == "ok" and time.monotonic() < deadline:
            pass
        assert figures(wire)["last_snapshot_status"] == "failed"
        assert wire.ask("CALL", "counter", "value") == 1
        node.stop()
        assert any("the snapshot of position 2 failed (code 1); the journal holds everything" in x for x in node.said)
        assert any("the snapshot cannot be written: [Errno 21] Is a directory" in x for x in node.said)
        assert not any("Traceback" in x for x in node.said)


def test_a_node_that_is_killed_during_a_snapshot_leaves_its_directory_and_port_free(tmp_path: Path) -> None:
    node = NodeProcess(COUNTER, data=tmp_path)
    with Wire(node.port) as wire:
        assert wire.ask("CALL", "counter", "incr") is None
        wire.send(packed("SNAPSHOT"))
        assert wire.reply() == 2
        node.kill()
    with serving(COUNTER, data=tmp_path, port=node.port) as again:
        assert again.answer("call", "counter", "value") == "1\n"


def test_a_node_whose_journal_is_in_memory_has_no_snapshots(tmp_path: Path) -> None:
    with serving(COUNTER, "--durability", "memory", data=tmp_path) as node, Wire(node.port) as wire:
        reply = wire.ask("SNAPSHOT")
        assert isinstance(reply, hiredis.ReplyError)
        assert str(reply) == "REJECTED no snapshot can be made: this node's journal is in memory"


@pytest.mark.parametrize("damage", [b"", b"garbage"])
def test_a_damaged_snapshot_is_told_when_a_node_starts(tmp_path: Path, damage: bytes) -> None:
    with serving(COUNTER, data=tmp_path) as node, Wire(node.port) as wire:
        assert wire.ask("CALL", "counter", "incr") is None
        wire.ask("SNAPSHOT")
        written(wire, 2)
    ((_, path),) = Snapshots(tmp_path).newest_first()
    path.write_bytes(damage)
    with serving(COUNTER, data=tmp_path) as again:
        assert f"{path} is damaged: it does not begin as a snapshot does: recovery went on without it" in again.said
        assert again.answer("call", "counter", "value") == "1\n"


def test_a_journal_is_cut_off_while_calls_go_on_and_everything_still_works(tmp_path: Path) -> None:
    data, inputs = tmp_path / "data", 0
    with serving(COUNTER, "--keep-entries", "100", data=data) as node, Wire(node.port) as wire:
        deadline = time.monotonic() + _DEADLINE_S
        while int(figures(wire)["journal_begin"]) < 300 and time.monotonic() < deadline:
            position = wire.ask("SNAPSHOT")
            wire.send(packed("CALL", "counter", "incr") * 100)
            wire.replies(100)
            inputs += 100
            written(wire, position)
        begin = int(figures(wire)["journal_begin"])
        assert 300 <= begin <= inputs - 100
        assert f"begins at position {begin}: what came before was removed" in str(wire.ask("EXPORT", "1"))
        assert "entries from position 0 on" in node.answer("export", tmp_path / "fetched")
        assert (
            f"copied {inputs + 1 - begin} entries"
            in camshaft("backup", "--data", data, "--to", tmp_path / "copy").stdout
        )
    imported = camshaft("import", tmp_path / "fetched", "--data", tmp_path / "imported").stdout
    exported = camshaft("export", "--data", data, tmp_path / "slice").stdout
    assert f"{inputs + 1} entries in" in imported
    assert f"{inputs + 1} entries from position 0 on" in exported
    assert (tmp_path / "slice").read_bytes() == (tmp_path / "fetched").read_bytes()
    for directory in ("data", "copy", "imported"):
        with serving(COUNTER, data=tmp_path / directory) as again:
            assert again.answer("call", "counter", "value") == f"{inputs}\n"
            assert not any("went on without" in line for line in again.said)
