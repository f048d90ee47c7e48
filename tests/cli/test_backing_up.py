from __future__ import annotations

from pathlib import Path

from generators.nodes import EXAMPLES, camshaft, serving

COUNTER = EXAMPLES / "counter.py"


def test_a_backup_of_a_running_node_is_restored_and_served(tmp_path: Path) -> None:
    data, backup, restored = tmp_path / "data", tmp_path / "backup", tmp_path / "restored"
    with serving(COUNTER, data=data) as node:
        for _ in range(3):
            node.answer("call", "counter", "incr")
        done = camshaft("backup", "--data", data, "--to", backup)
        assert (done.returncode, done.stdout) == (0, f"copied 4 entries from {data} to {backup}\n"), done.stderr
        node.answer("call", "counter", "incr")
        again = camshaft("backup", "--data", data, "--to", backup)
        assert (again.returncode, again.stdout) == (1, "")
        assert again.stderr.startswith(f"error: {backup} holds something already")
    done = camshaft("restore", backup, "--data", restored)
    assert done.stdout == (
        f"restored 4 entries from {backup} to {restored}: serve it with `camshaft serve FILE --data {restored}`\n"
    )
    with serving(COUNTER, data=restored) as node:
        assert node.answer("call", "counter", "value") == "3\n"
