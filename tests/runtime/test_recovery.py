"""What an engine is, a snapshot holds. (That one goes on as the other would have is in `test_rollback_model.py`.)"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.errors import Rejected
from camshaft.journal.memory import MemoryJournal
from camshaft.journal.snapshots import Snapshots
from camshaft.journal.sqlite import SqliteJournal
from camshaft.runtime import recovery
from camshaft.runtime.engine import Engine
from camshaft.runtime.entries import Input
from camshaft.runtime.instances import HistoryRecord, Machine
from camshaft.runtime.recovery import Link, engine_at, frames
from camshaft.runtime.replay import no_past
from camshaft.runtime.replica import Replica
from camshaft.runtime.retries import Retries
from camshaft.runtime.undoable import Kept, Undoable
from generators.machines import cart, counter, counter_v2, merge, split, upgrade


def add(replica: Replica, number: int, *keys: str | None) -> None:
    interface = replica.engine.machine("counter").loaded.id
    replica.commit([Input("counter", key, "add", (number,), interface) for key in keys])


def incr(replica: Replica, *keys: str | None) -> None:
    interface = replica.engine.machine("counter").loaded.id
    replica.commit([Input("counter", key, "incr", (), interface) for key in keys])


def upgraded() -> Replica:
    """A replica with two machines, an upgrade with a downgrade, a refused one, a setting, and instances."""
    replica = Replica(MemoryJournal(), clock_us=lambda: 1_000_000, seed=lambda: b"seed")
    replica.deploy(encode_program(counter()))
    replica.deploy(encode_program(cart()))
    add(replica, 2**70, None, "ann")
    replica.upgrade(upgrade(counter(), counter_v2(), split(), merge()))
    with pytest.raises(Rejected):
        replica.upgrade(upgrade(counter(), counter_v2(), split(), merge()))
    incr(replica, "bob")
    replica.commit([Input("counter", None, "incr", (), program_id(counter()), idempotency="key")] * 2)
    replica.set_fuel("counter", 500)
    return replica


def snapshot_of(engine: Engine) -> list[bytes]:
    return list(frames(engine, Link(4, 7)))


def test_a_restored_engine_writes_the_same_snapshot() -> None:
    engine = upgraded().engine
    written = snapshot_of(engine)
    again, link = engine_at(written, no_past)
    assert link == Link(4, 7)
    assert list(frames(again, link)) == written
    assert (again.position, again.time_us) == (engine.position, 1_000_000)
    assert dict(again.machines["counter"].states()) == dict(engine.machines["counter"].states())
    assert again.machines["counter"].fuel == 500
    assert again.history("counter") == engine.history("counter")


def test_nothing_that_an_engine_has_is_forgotten() -> None:
    """Whoever gives one of these a new part decides whether a snapshot holds it, and adds it here."""
    follows_from_the_rest = {"past", "at_once", "generation", "is_behind", "rollouts", "_rehearsed", "_went_back"}
    assert set(Engine.__slots__) == {"position", "time_us", "catalog", "machines", "_answers"} | follows_from_the_rest
    follows = {"_converting", "_order", "_seen", "preparation", "rollout", "served", "stage"}
    held = {"name", "fuel", "history", "undoable", "passed", "retired", "retries", "uses", "_instances"}
    assert set(Machine.__slots__) == held | follows
    assert Undoable.__struct_fields__ == (
        "position", "batch", "before", "after", "migrated", "downgrade", "kept", "fuel", "steps", "release",
    )  # fmt: skip
    assert set(Kept.__slots__) == {"_blocks", "_maps", "_recent", "_type", "count", "is_wanted", "order"}
    assert set(Retries.__slots__) == {"_bytes", "_first", "positions"}
    assert len(HistoryRecord.__struct_fields__) == 7


def test_a_large_snapshot_is_in_many_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "PIECE_BYTES", 1_000)
    replica = upgraded()
    incr(replica, *(f"key-{number}" for number in range(1_000)))
    written = snapshot_of(replica.engine)
    assert len(written) > 10
    assert max(map(len, written)) <= 1_000
    again, _ = engine_at(written, no_past)
    assert dict(again.machines["counter"].states()) == dict(replica.engine.machines["counter"].states())
    assert list(again.machines["counter"].keys) == list(replica.engine.machines["counter"].keys)


def test_what_is_no_snapshot_is_rejected() -> None:
    written = snapshot_of(upgraded().engine)
    for at in range(len(written)):
        with pytest.raises(Rejected):
            engine_at(written[:at], no_past)
        with pytest.raises(Rejected):
            engine_at([*written[:at], b"\xc1", *written[at + 1 :]], no_past)


# ---- recovery --------------------------------------------------------------------------------------------------------


def opened(directory: Path) -> Replica:
    replica = Replica(SqliteJournal(directory), snapshots=Snapshots(directory))
    replica.recover()
    return replica


def with_snapshots(directory: Path, *counts: int) -> Replica:
    """A replica with a counter of so many more inputs before each of its snapshots, and one after the last."""
    replica = opened(directory)
    replica.deploy(encode_program(counter()))
    for count in counts:
        for _ in range(count):
            add(replica, 1, None)
        replica.snapshot_writer()()
    add(replica, 100, None)
    return replica


def count_in(replica: Replica) -> int:
    ((_, (count,)),) = replica.engine.machine("counter").states()
    assert isinstance(count, int)
    return count


def test_recovery_begins_at_the_newest_snapshot(tmp_path: Path) -> None:
    with_snapshots(tmp_path, 3, 4).close()
    with closing(Replica(SqliteJournal(tmp_path), snapshots=Snapshots(tmp_path))) as replica:
        assert replica.recover() == 1
        assert (replica.snapshot_position, replica.unusable) == (8, [])
        assert count_in(replica) == 107
        add(replica, 1, None)
    with closing(opened(tmp_path)) as replica:
        assert count_in(replica) == 108


def test_a_damaged_snapshot_falls_back_to_the_one_before_and_says_so(tmp_path: Path) -> None:
    with_snapshots(tmp_path, 3, 4).close()
    (_, newest), (_, older) = Snapshots(tmp_path).newest_first()
    content = bytearray(newest.read_bytes())
    content[len(content) // 2] ^= 1
    newest.write_bytes(content)
    with closing(opened(tmp_path)) as replica:
        assert count_in(replica) == 107
        assert replica.snapshot_position == 4
        (problem,) = replica.unusable
        assert problem.startswith(f"{newest} is damaged: what stands before byte ")
    older.write_bytes(b"")
    with closing(opened(tmp_path)) as replica:
        assert (count_in(replica), replica.snapshot_position, len(replica.unusable)) == (107, 0, 2)


def test_a_snapshot_of_another_journal_is_not_used(tmp_path: Path) -> None:
    with_snapshots(tmp_path / "one", 5).close()
    with closing(with_snapshots(tmp_path / "other", 6)):
        pass
    ((_, path),) = Snapshots(tmp_path / "one").newest_first()
    (tmp_path / "other" / path.name).write_bytes(path.read_bytes())
    for _, own in Snapshots(tmp_path / "other").newest_first():
        if own.name != path.name:
            own.unlink()
    with closing(opened(tmp_path / "other")) as replica:
        assert (count_in(replica), replica.snapshot_position) == (106, 0)
        assert replica.unusable[0].endswith("is a snapshot of another journal")


def test_a_snapshot_that_is_ahead_of_its_journal_is_not_used(tmp_path: Path) -> None:
    with closing(with_snapshots(tmp_path / "short", 2)):
        pass
    with closing(with_snapshots(tmp_path / "long", 20)):
        pass
    ((_, path),) = Snapshots(tmp_path / "long").newest_first()
    (tmp_path / "short" / path.name).write_bytes(path.read_bytes())
    with closing(opened(tmp_path / "short")) as replica:
        assert count_in(replica) == 102
        assert "the journal ends at position 4, before it" in replica.unusable[0]


def test_only_the_last_two_stay_and_drafts_of_killed_writers_go(tmp_path: Path) -> None:
    (tmp_path / "snapshot-00000000000000000009.new").write_bytes(b"half")
    with closing(with_snapshots(tmp_path, 1, 1, 1, 1)):
        assert [position for position, _ in Snapshots(tmp_path).newest_first()] == [5, 4]
        assert not list(tmp_path.glob("*.new"))


def test_an_empty_journal_and_one_in_memory_have_no_snapshot(tmp_path: Path) -> None:
    with (
        closing(opened(tmp_path)) as replica,
        pytest.raises(Rejected, match="no snapshot can be made: the journal is empty"),
    ):
        replica.snapshot_writer()
    with pytest.raises(Rejected, match="no snapshot can be made: this node's journal is in memory"):
        upgraded().snapshot_writer()
