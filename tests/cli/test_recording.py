"""`camshaft rehearse`, `export` and `import`: what they refuse, and that they leave everything as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from generators.nodes import EXAMPLES, NodeProcess, camshaft, serving

V2 = EXAMPLES / "counter_v2.py"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """A node whose counters stand at 3 and 1, in `data`."""
    with serving(EXAMPLES / "counter.py", data=tmp_path_factory.mktemp("node") / "data") as node:
        for key in ("counter", "counter", "counter", "counter/a"):
            node.answer("call", key, "incr")
        yield node


def failed(*arguments: str | Path) -> str:
    done = camshaft(*arguments)
    assert done.returncode == 1
    return done.stderr


def test_a_node_is_rehearsed_on_and_goes_on_as_it_was(node: NodeProcess) -> None:
    before = node.answer("history", "counter"), node.answer("state", "counter")
    done = node.camshaft("rehearse", V2, "--last", "2", "--json")
    findings = json.loads(done.stdout)
    assert done.returncode == 1, "the migration of the old state is another one now"
    assert (findings["position"], findings["end"]) == (3, 5)
    assert done.stderr == ""
    assert findings["methods"]["incr"]["differences"]["inputs"] == 2
    assert findings["states"]["different"] == 2
    assert node.camshaft("rehearse", V2, "--from", "4", "--allow-states").returncode == 0
    farther = node.camshaft("rehearse", V2, "--last", "9", "--allow-states")
    assert farther.stderr == "from position 1 on, not 0: what runs came into force there\n"
    nothing = node.camshaft("rehearse", V2, "--from", "5")
    assert nothing.stderr == "no inputs of counter were recorded there: only the migration was tried\n"
    assert (node.answer("history", "counter"), node.answer("state", "counter")) == before


def test_what_was_exported_can_be_imported_and_served(node: NodeProcess, tmp_path: Path) -> None:
    slice_, new = tmp_path / "slice", tmp_path / "new"
    assert node.answer("export", slice_, "--last", "2") == f"{slice_}: 2 entries from position 3 on\n"
    assert "2 instances" in camshaft("import", slice_, "--data", new).stdout
    assert "holds something already" in failed("import", slice_, "--data", new)
    assert "exists already" in failed("export", slice_, "--data", new)
    with serving(EXAMPLES / "counter.py", data=new) as other:
        other.answer("call", "counter", "incr")
        assert json.loads(other.answer("state", "counter")) == {"count": 4}
        assert "restored" in other.answer("history", "counter")
        assert other.camshaft("upgrade", V2, "--yes").returncode == 0


def test_what_cannot_be_read_is_said(node: NodeProcess, tmp_path: Path) -> None:
    slice_ = tmp_path / "slice"
    node.answer("export", slice_)
    slice_.write_bytes(slice_.read_bytes()[:-1])
    assert "is damaged at position 5" in failed("rehearse", V2, "--journal", slice_)
    assert "is damaged at position 5" in failed("import", slice_, "--data", tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert "there is no journal" in failed("rehearse", V2, "--data", tmp_path)
    assert "there is one thing to read" in failed("rehearse", V2, "--data", tmp_path, "--journal", slice_)


def test_a_position_that_the_journal_has_not_come_to_is_an_error_and_nothing_is_written(
    node: NodeProcess, tmp_path: Path
) -> None:
    for command, file in (("export", tmp_path / "slice"), ("rehearse", V2)):
        done = node.camshaft(command, file, "--from", "999")
        assert done.returncode == 1
        assert re.search(r"error: the journal ends at position \d+: there is nothing from position 999 on", done.stderr)
    assert list(tmp_path.iterdir()) == []


def test_a_method_that_nobody_has_is_not_allowed_to_differ(node: NodeProcess) -> None:
    done = node.camshaft("rehearse", V2, "--allow", "decr")
    assert done.returncode == 1
    assert "counter has no method decr that could be allowed to differ" in done.stderr


def test_hooks_are_found_in_their_file_or_missed(node: NodeProcess, tmp_path: Path) -> None:
    hooks, slice_ = tmp_path / "hooks.py", tmp_path / "slice"

    def refused(text: str) -> str:
        hooks.write_text(text)
        done = node.camshaft("export", slice_, "--last", "1", "--anonymise", hooks)
        assert done.returncode == 1
        assert list(tmp_path.iterdir()) == [hooks]
        return done.stderr

    assert "defines no hook" in refused("x = 1")
    begin = "from camshaft.anonymise import anonymise\n"
    assert "takes one value" in refused(f"{begin}@anonymise('*')\ndef f(v): return v")
    assert "gives 'x', which is no int" in refused(f"{begin}@anonymise('count')\ndef f(v: int) -> int: return 'x'")
    assert "no such file" in failed("export", slice_, "--data", tmp_path, "--anonymise", tmp_path / "nowhere.py")
    hooks.write_text(f"{begin}@anonymise('counter/')\ndef f(v: str) -> str: return v + v")
    node.answer("export", slice_, "--last", "1", "--anonymise", hooks)
    camshaft("import", slice_, "--data", tmp_path / "new")
    with serving(EXAMPLES / "counter.py", data=tmp_path / "new") as other:
        assert other.answer("instances", "counter").split() == ["counter", "counter/aa"]
