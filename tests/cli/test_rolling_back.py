from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from generators.nodes import EXAMPLES, NodeProcess, camshaft, on_a_terminal, serving

COUNTER = EXAMPLES / "counter.py"
METHODS = """
    def incr(self) -> None:
        self.count += 1

    def value(self) -> int:
        return self.count
"""
LIMITED = f"""
from camshaft import Machine

class Counter(Machine):
    limit: int = 10
    count: int = 0
{METHODS}
    def reset(self, to: int) -> None:
        self.count = to
"""
DOWNGRADE = """
from camshaft import migration
import counter

@migration
def back(was: Counter) -> counter.Counter:
    assert was.count < 100, "too much to go back"
    return counter.Counter(count=was.count)
"""


@pytest.fixture
def node(tmp_path: Path) -> Iterator[NodeProcess]:
    """A node whose counter stands at 1."""
    with serving(COUNTER, data=tmp_path / "data") as node:
        node.answer("call", "counter", "incr")
        yield node


def upgraded(node: NodeProcess, directory: Path, text: str = LIMITED) -> None:
    (directory / "counter.py").write_text(COUNTER.read_text())
    file = directory / "counter_v2.py"
    file.write_text(text)
    node.answer("upgrade", file, "--yes")


def state(node: NodeProcess) -> object:
    return json.loads(node.answer("state", "counter"))


def test_a_rollback_says_what_it_loses_and_does_it(node: NodeProcess, tmp_path: Path) -> None:
    upgraded(node, tmp_path)
    node.answer("call", "counter", "incr")
    node.answer("call", "counter", "reset", "7")
    done = node.camshaft("rollback", "counter", "--way", "replay", "--yes")
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(
        r"counter \w{12} -> \w{12}: went back at position 5 by replay, 1 instance\n",
        done.stdout,
    )
    assert "    - 1 input that the old version has no form of\n" in done.stderr
    assert "        it is at position 4: counter reset 7\n" in done.stderr
    assert state(node) == {"count": 2}


def test_a_plan_is_text_or_json_and_changes_nothing(node: NodeProcess, tmp_path: Path) -> None:
    upgraded(node, tmp_path, LIMITED + DOWNGRADE)
    assert node.answer("rollback", "counter", "--plan").splitlines()[1:] == [
        "  way:       downgrade: the code that the upgrade brought for it",
        "  instances: 1, all at once",
        "  loses:",
        "    - limit: int",
        "  other way: replay, which loses something else: ask for its plan",
    ]
    plan = json.loads(node.answer("rollback", "counter", "--way", "replay", "--plan", "--json"))
    assert (plan["way"], plan["ways"], plan["inputs"]["inputs"]) == ("replay", ["downgrade", "replay"], 0)
    assert state(node) == {"limit": 10, "count": 1}
    done = json.loads(node.answer("rollback", "counter", "--yes", "--json"))
    assert (done["way"], done["undone"], done["instances"]) == ("downgrade", 2, 1)


def test_a_downgrade_that_fails_is_an_error_that_names_the_instance_and_replay_is_left(
    node: NodeProcess, tmp_path: Path
) -> None:
    upgraded(node, tmp_path, LIMITED + DOWNGRADE)
    node.answer("call", "counter", "reset", "100")
    failed = node.camshaft("rollback", "counter", "--yes")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "the downgrade fails on the instance counter: AssertionError: too much to go back" in failed.stderr
    assert state(node) == {"limit": 10, "count": 100}
    node.answer("rollback", "counter", "--way", "replay", "--yes")
    assert state(node) == {"count": 1}


def test_there_is_nothing_to_go_back_to_at_first(node: NodeProcess) -> None:
    failed = node.camshaft("rollback", "counter", "--yes")
    assert failed.returncode == 1
    assert "counter runs its first version" in failed.stderr


def test_what_would_lose_something_is_not_done_where_nobody_can_be_asked(node: NodeProcess, tmp_path: Path) -> None:
    upgraded(node, tmp_path)
    node.answer("call", "counter", "reset", "7")
    failed = node.camshaft("rollback", "counter")
    assert failed.returncode == 1
    assert "error: going back loses something, and there is nobody to ask: with --yes it is done" in failed.stderr
    assert state(node) == {"limit": 10, "count": 7}


def test_what_loses_nothing_is_done_without_a_question_where_nobody_can_be_asked(
    node: NodeProcess, tmp_path: Path
) -> None:
    upgraded(node, tmp_path)
    node.answer("rollback", "counter", "--way", "replay")
    assert state(node) == {"count": 1}


def test_a_migration_that_was_derived_has_a_way_back_that_was_derived(node: NodeProcess, tmp_path: Path) -> None:
    upgraded(node, tmp_path)
    node.answer("call", "counter", "reset", "7")
    plan = node.answer("rollback", "counter", "--plan")
    assert "  way:       downgrade: the code that the upgrade brought for it\n" in plan
    assert "    - limit: int\n" in plan
    node.answer("rollback", "counter", "--yes")
    assert state(node) == {"count": 7}


def test_on_a_terminal_it_asks_and_no_is_the_answer_where_something_is_lost(node: NodeProcess, tmp_path: Path) -> None:
    upgraded(node, tmp_path)
    node.answer("call", "counter", "reset", "7")
    assert on_a_terminal(node, b"\n", "rollback", "counter", "--way", "replay") == 1
    assert state(node) == {"limit": 10, "count": 7}
    assert on_a_terminal(node, b"y\n", "rollback", "counter", "--way", "replay") == 0
    assert state(node) == {"count": 1}


@pytest.mark.parametrize(
    "words", [(), ("counter", "--release", "a" * 12), ("--release", "a" * 12, "--machine-only")], ids=" ".join
)
def test_what_goes_back_is_a_machine_or_a_release(words: tuple[str, ...]) -> None:
    done = camshaft("rollback", *words)
    assert done.returncode == 1
    assert done.stderr.startswith("error: what goes back is either a machine, by its name, or a whole release")


def test_a_release_that_nobody_made_is_not_taken_back(node: NodeProcess) -> None:
    failed = node.camshaft("rollback", "--release", "a" * 12, "--yes")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "no upgrade of a release aaaaaaaaaaaa is in force" in failed.stderr
