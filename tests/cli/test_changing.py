from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from generators.nodes import EXAMPLES, NodeProcess, on_a_terminal, serving

COUNTER = EXAMPLES / "counter.py"
HEAD = "from camshaft import Machine, migration\n"
BODY = """
    def incr(self) -> None:
        self.count += 1

    def value(self) -> int:
        return self.count
"""


@pytest.fixture
def node(tmp_path: Path) -> Iterator[NodeProcess]:
    """A node whose counter stands at 1."""
    with serving(COUNTER, data=tmp_path / "data") as node:
        node.answer("call", "counter", "incr")
        yield node


def written(directory: Path, text: str, name: str = "next_counter.py") -> Path:
    file = directory / name
    file.write_text(HEAD + text)
    return file


def with_limit(directory: Path) -> Path:
    """The counter with one more field, which needs no written migration."""
    return written(directory, f"class Counter(Machine):\n    limit: int = 10\n    count: int = 0\n{BODY}")


def test_an_added_field_needs_no_written_migration_and_takes_its_default(node: NodeProcess, tmp_path: Path) -> None:
    done = node.camshaft("upgrade", with_limit(tmp_path))
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"counter \w{12} -> \w{12}: upgraded at position 2, 1 instance migrated\n", done.stdout)
    assert "    + limit: int\n" in done.stderr
    assert "derived" in done.stderr
    assert json.loads(node.answer("state", "counter")) == {"limit": 10, "count": 1}


def test_a_dropped_field_is_an_error_with_the_migration_to_write(node: NodeProcess, tmp_path: Path) -> None:
    file = written(tmp_path, f"class Counter(Machine):\n    total: int = 0\n{BODY.replace('count', 'total')}")
    done = node.camshaft("upgrade", file)
    assert (done.returncode, done.stdout) == (1, "")
    assert "`count`: int is dropped" in done.stderr
    assert 'it is `total` now?  total: Annotated[int, was("count")]' in done.stderr
    assert "def migrate(was: counter_old.Counter) -> Counter:" in done.stderr
    assert json.loads(node.answer("state", "counter")) == {"count": 1}


def test_a_version_that_runs_already_is_an_error_and_changes_nothing(node: NodeProcess) -> None:
    done = node.camshaft("upgrade", COUNTER)
    assert done.returncode == 1
    assert "counter runs this program already" in done.stderr
    assert len(json.loads(node.answer("history", "counter", "--json"))) == 1


def test_expect_takes_the_first_digits_of_a_version(node: NodeProcess, tmp_path: Path) -> None:
    file = with_limit(tmp_path)
    (first,) = json.loads(node.answer("machines", "--json"))
    unknown = node.camshaft("upgrade", file, "--expect", "zz")
    assert unknown.returncode == 1
    assert unknown.stderr == "error: no version of counter that ever ran here begins with 'zz'\n"
    assert node.camshaft("upgrade", file, "--expect", first["id"][:12]).returncode == 0
    stale = node.camshaft("upgrade", COUNTER, "--expect", first["id"])
    assert stale.returncode == 1


def test_an_upgrade_of_an_unknown_machine_is_an_error(node: NodeProcess, tmp_path: Path) -> None:
    file = written(tmp_path, f"class Till(Machine):\n    count: int = 0\n{BODY}")
    done = node.camshaft("upgrade", file)
    assert done.returncode == 1
    assert "no machine" in done.stderr


def test_a_machine_is_deployed_to_a_running_node(node: NodeProcess, tmp_path: Path) -> None:
    file = written(tmp_path, f"class Till(Machine):\n    count: int = 5\n{BODY}")
    assert re.fullmatch(r"till \w{12}: deployed at position 2\n", node.answer("deploy", file))
    assert node.answer("call", "till", "value") == "5\n"


def test_the_fuel_of_a_machine_is_set_and_set_back(node: NodeProcess) -> None:
    assert node.answer("fuel", "counter", "5") == "counter: 5 units of fuel for each input\n"
    starved = node.camshaft("call", "counter", "incr")
    assert (starved.returncode, "fuel" in starved.stderr) == (1, True)
    assert node.answer("fuel", "counter", "default") == "counter: 10000000 units of fuel for each input\n"
    node.answer("call", "counter", "incr")
    wrong = node.camshaft("fuel", "counter", "plenty")
    assert (wrong.returncode, "expected units of fuel" in wrong.stderr) == (1, True)


def test_a_machine_that_runs_in_another_version_is_not_deployed_over(node: NodeProcess, tmp_path: Path) -> None:
    done = node.camshaft("deploy", with_limit(tmp_path))
    assert done.returncode == 1
    assert "an upgrade replaces it" in done.stderr
    assert json.loads(node.answer("state", "counter")) == {"count": 1}


def test_on_a_terminal_upgrade_asks_and_no_changes_nothing(node: NodeProcess, tmp_path: Path) -> None:
    file = with_limit(tmp_path)
    assert on_a_terminal(node, b"n\n", "upgrade", file) == 1
    assert json.loads(node.answer("state", "counter")) == {"count": 1}
    assert on_a_terminal(node, b"y\n", "upgrade", file) == 0
    assert json.loads(node.answer("state", "counter")) == {"limit": 10, "count": 1}


def test_yes_never_asks(node: NodeProcess, tmp_path: Path) -> None:
    assert on_a_terminal(node, b"", "upgrade", with_limit(tmp_path), "--yes") == 0


def from_zero(directory: Path) -> Path:
    """The counter that begins again, and so loses its count."""
    (directory / "counter.py").write_text(COUNTER.read_text())
    migration = "\n\n@migration\ndef again(was: counter.Counter) -> Counter:\n    return Counter()\n"
    return written(
        directory, f"import counter\n\nclass Counter(Machine):\n    n: int = 1\n    count: int = 0\n{BODY}{migration}"
    )


@pytest.mark.parametrize(("command", "what"), [("upgrade", "the upgrade"), ("release", "the release")])
def test_what_loses_something_is_not_done_where_nobody_can_be_asked(
    node: NodeProcess, tmp_path: Path, command: str, what: str
) -> None:
    failed = node.camshaft(command, from_zero(tmp_path))
    assert (failed.returncode, failed.stdout) == (1, "")
    reason = f"error: {what} loses something, and there is nobody to ask: with --yes it is done; nothing was changed\n"
    assert failed.stderr.endswith(reason)
    assert json.loads(node.answer("state", "counter")) == {"count": 1}
    node.answer(command, tmp_path / "next_counter.py", "--yes")
    assert json.loads(node.answer("state", "counter")) == {"n": 1, "count": 0}


@pytest.mark.parametrize("command", ["upgrade", "release"])
def test_on_a_terminal_what_loses_something_is_done_only_where_yes_is_said(
    node: NodeProcess, tmp_path: Path, command: str
) -> None:
    file = from_zero(tmp_path)
    assert on_a_terminal(node, b"\n", command, file) == 1
    end_of_input = b"\x04"
    assert on_a_terminal(node, end_of_input, command, file) == 1
    assert json.loads(node.answer("state", "counter")) == {"count": 1}
    assert on_a_terminal(node, b"y\n", command, file) == 0
    assert json.loads(node.answer("state", "counter")) == {"n": 1, "count": 0}
