"""`camshaft upgrade FILE` where the node is several versions behind the file: one upgrade, each migration once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from generators.nodes import NodeProcess, camshaft, serving

FIRST = """
from camshaft import Machine, migration

class Counter(Machine):
    count: int = 0

    def incr(self) -> None:
        self.count += 1
"""
SECOND = """
import counter
from camshaft import Machine, migration

class Counter(Machine):
    total: int = 0

    def incr(self) -> None:
        self.total += 1

@migration
def back(was: Counter) -> counter.Counter:
    return counter.Counter(count=was.total // 2)

@migration
def second(was: counter.Counter) -> Counter:
    return Counter(total=twice(was.count))

def twice(count: int) -> int:
    assert count < 5, "more than four"
    return 2 * count
"""
THIRD = """
import counter_v2
from camshaft import Machine, migration

class Counter(Machine):
    totals: list[int] = []

    def incr(self) -> None:
        self.totals.append(1)

@migration
def third(was: counter_v2.Counter) -> Counter:
    return Counter(totals=[was.total])

@migration
def back(was: Counter) -> counter_v2.Counter:
    return counter_v2.Counter(total=sum(was.totals))
"""
ALL = """
from camshaft import Machine, migration

class First(Machine, name="counter"):
    count: int = 0

    def incr(self) -> None:
        self.count += 1

class Second(Machine, name="counter"):
    total: int = 0

    def incr(self) -> None:
        self.total += 1

class Third(Machine, name="counter"):
    total: int = 0
    limit: int = 10

    def incr(self) -> None:
        self.total += 1

@migration
def second(was: First) -> Second:
    return Second(total=2 * was.count)
"""
ADAPTED = """
import counter
from camshaft import Machine, adapter, migration

class Counter(Machine):
    total: int = 0

    def incr(self) -> None:
        self.total += 1

    def amount(self) -> int:
        return self.total

@migration
def second(was: counter.Counter) -> Counter:
    return Counter(total=was.count)

@adapter(counter.Counter.value)
def value(new: Counter) -> int:
    return new.amount()
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A directory with the counter in three files, each of which leads on from the one before, and in one file."""
    named = {"counter": FIRST, "counter_v2": SECOND, "counter_v3": THIRD, "all_counters": ALL}
    for name, text in named.items():
        (tmp_path / f"{name}.py").write_text(text)
    return tmp_path


@pytest.fixture
def node(files: Path) -> Iterator[NodeProcess]:
    """A node whose counter stands at 3, in the first version."""
    with serving(files / "counter.py", data=files / "data") as node:
        for _ in range(3):
            node.answer("call", "counter", "incr")
        yield node


def state(node: NodeProcess) -> object:
    return json.loads(node.answer("state", "counter"))


def test_an_upgrade_leads_through_the_files_that_a_file_leads_on_from(node: NodeProcess, files: Path) -> None:
    done = node.camshaft("upgrade", files / "counter_v3.py", "--yes")
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"counter \w{12} -> \w{12}: upgraded at position 4, 1 instance migrated\n", done.stdout)
    assert done.stderr.startswith("one upgrade through 3 versions, all or nothing: ")
    assert "migration: `second`, as written" in done.stderr
    assert "migration: `third`, as written" in done.stderr
    assert state(node) == {"totals": [6]}
    node.answer("rollback", "counter", "--yes")
    assert state(node) == {"count": 3}
    kinds = [record["kind"] for record in json.loads(node.answer("history", "counter", "--json"))]
    assert kinds == ["deploy", "upgrade", "rollback"]


def test_adapters_of_the_files_in_between_serve_clients_of_their_steps(node: NodeProcess, files: Path) -> None:
    (files / "counter.py").write_text(FIRST + "\n    def value(self) -> int:\n        return self.count\n")
    (files / "counter_v2.py").write_text(ADAPTED)
    third = THIRD.replace("append(1)\n", "append(1)\n\n    def amount(self) -> int:\n        return sum(self.totals)\n")
    (files / "counter_v3.py").write_text(third)
    with serving(files / "counter.py", data=files / "with values") as running:
        running.answer("call", "counter", "incr")
        done = running.camshaft("upgrade", files / "counter_v3.py", "--yes")
        assert done.returncode == 0, done.stderr
        assert re.search(r"clients:   of \w{12}: 2 of 2 methods served, 1 by adapters\n", done.stderr)


def test_a_step_that_fails_on_an_instance_is_named_with_its_line_and_nothing_is_changed(
    node: NodeProcess, files: Path
) -> None:
    for _ in range(2):
        node.answer("call", "counter", "incr")
    failed = node.camshaft("upgrade", files / "counter_v3.py", "--yes")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "the migration fails on the instance counter: AssertionError: more than four" in failed.stderr
    assert "counter_v2.py line 20, in twice" in failed.stderr
    assert state(node) == {"count": 5}


def test_an_upgrade_leads_through_the_versions_of_one_file(node: NodeProcess, files: Path) -> None:
    node.answer("upgrade", files / "all_counters.py", "--yes")
    assert state(node) == {"total": 6, "limit": 10}
    again = node.camshaft("upgrade", files / "all_counters.py", "--yes")
    assert again.returncode == 1
    assert "counter runs this program already" in again.stderr


def test_a_node_in_the_middle_takes_the_rest_of_the_way(node: NodeProcess, files: Path) -> None:
    node.answer("upgrade", files / "counter_v2.py", "--yes")
    done = node.camshaft("upgrade", files / "counter_v3.py", "--yes")
    assert done.returncode == 0
    assert "one upgrade through" not in done.stderr
    assert state(node) == {"totals": [6]}


def test_a_node_that_runs_none_of_the_versions_is_told_which_there_are(files: Path) -> None:
    other = files / "other"
    other.mkdir()
    (other / "counter.py").write_text(FIRST.replace("+= 1", "+= 2"))
    with serving(other / "counter.py", data=files / "data") as node:
        failed = node.camshaft("upgrade", files / "all_counters.py", "--yes")
    assert failed.returncode == 1
    assert re.search(r"and the file leads on from other versions \(\w{12}, \w{12}, \w{12}\)", failed.stderr)


def test_a_file_of_several_versions_is_not_served(files: Path) -> None:
    failed = camshaft("serve", files / "all_counters.py", "--data", files / "data")
    assert failed.returncode == 1
    assert "defines 3 versions of counter" in failed.stderr
