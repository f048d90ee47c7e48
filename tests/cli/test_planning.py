"""`camshaft plan` and `camshaft stub`: what would happen, with a node and without one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from generators.nodes import EXAMPLES, NodeProcess, camshaft, on_a_terminal, serving

FIRST = """
from camshaft import Machine

class Counter(Machine):
    count: int = 0

    def incr(self) -> None:
        self.count += 1
"""
SECOND = FIRST.replace("    count: int = 0\n", "    count: int = 0\n    limit: int = 5\n")
THIRD = SECOND.replace("def incr(self) -> None", "def incr(self, by: int) -> None")
NARROW = FIRST.replace("count: int = 0", 'count: str = ""').replace("+= 1", '+= "1"')


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, text in {"one": FIRST, "two": SECOND, "three": THIRD, "narrow": NARROW}.items():
        (tmp_path / f"{name}.py").write_text(text)
    return tmp_path


@pytest.fixture
def node(files: Path) -> Iterator[NodeProcess]:
    with serving(files / "one.py", data=files / "data") as node:
        node.answer("call", "counter", "incr")
        yield node


def test_a_plan_says_what_an_upgrade_would_do_and_changes_nothing(node: NodeProcess, files: Path) -> None:
    plan = node.answer("plan", files / "two.py")
    assert "    + limit: int\n" in plan
    assert "  migration: derived; total, it can fail on no state\n" in plan
    assert "      import counter_old  # camshaft stub counter > counter_old.py\n" in plan
    assert re.search(r"  instances: 1, each at its next use, .* in all; nobody waits\n", plan)
    assert "  downgrade: gave back 1 of 1 states exactly as they were\n" in plan
    assert re.search(r"  clients:   of \w{12}: 1 of 1 methods as before\n", plan)
    assert json.loads(node.answer("state", "counter")) == {"count": 1}
    assert len(json.loads(node.answer("history", "counter", "--json"))) == 1


def test_a_plan_is_json_for_tools_and_so_is_an_upgrade(node: NodeProcess, files: Path) -> None:
    refused = node.camshaft("plan", files / "three.py", "--json", "--check", "full")
    assert refused.returncode == 1
    found = json.loads(refused.stdout)
    assert (found["version"], found["compatible"]) == (1, False)
    assert {one["direction"] for one in found["problems"]} == {"backward", "forward"}
    (plan,) = found["plans"]
    assert (plan["class"], plan["node"]["instances"]) == ("reversible until first loss", 1)
    done = json.loads(node.answer("upgrade", files / "two.py", "--yes", "--json"))
    assert done["upgraded"]["migrated"] == 1
    assert done["plan"]["state"] == [{"kind": "added", "path": "limit", "new": "int"}]


def test_on_a_terminal_an_upgrade_shows_its_plan_and_asks(node: NodeProcess, files: Path) -> None:
    assert on_a_terminal(node, b"n\n", "upgrade", files / "two.py") == 1
    assert json.loads(node.answer("state", "counter")) == {"count": 1}


def test_a_plan_against_a_file_needs_no_node_and_fails_where_something_is_incompatible(files: Path) -> None:
    fits = camshaft("plan", files / "two.py", "--against", files / "one.py")
    assert fits.returncode == 0, fits.stderr
    assert "class:     reversible until first loss" in fits.stdout
    breaks = camshaft("plan", files / "three.py", "--against", files / "two.py")
    assert breaks.returncode == 1
    assert "incr takes (by: int) now, not ()" in breaks.stderr
    lost = camshaft("plan", files / "narrow.py", "--against", files / "one.py")
    assert lost.returncode == 1
    assert "`count` changed: int -> str" in lost.stderr


def test_a_transitive_check_is_about_every_version(files: Path) -> None:
    old = ("--against", files / "three.py", "--against", files / "one.py")
    assert camshaft("plan", files / "two.py", *old).returncode == 0, "of several, the last one"
    done = camshaft("plan", files / "two.py", *old, "--check", "backward-transitive", "--json")
    assert done.returncode == 1
    assert [one["what"] for one in json.loads(done.stdout)["problems"]] == ["incr takes () now, not (by: int)"]
    assert camshaft("plan", files / "two.py", *old, "--check", "sideways").returncode == 1


def test_a_transitive_check_goes_through_the_versions_that_a_file_leads_on_from(files: Path) -> None:
    (files / "one_next.py").write_text(
        "import one\nfrom camshaft import migration\n"
        + SECOND
        + "\n@migration\ndef on(was: one.Counter) -> Counter:\n    return Counter(count=was.count)\n"
    )
    (files / "one_last.py").write_text(
        "import one_next\nfrom camshaft import migration\n"
        + THIRD
        + "\n@migration\ndef on(was: one_next.Counter) -> Counter:\n    return Counter(count=was.count)\n"
    )
    done = camshaft(
        "plan", files / "one_last.py", "--against", files / "one_next.py", "--check", "backward-transitive", "--json"
    )
    problems = json.loads(done.stdout)["problems"]
    assert len({one["version"] for one in problems}) == len(problems) == 2, "each version is looked at once"


def test_a_migration_is_written_from_a_stub_of_what_runs(node: NodeProcess, files: Path) -> None:
    (files / "counter_old.py").write_text(node.answer("stub", "counter/some-key"))
    (files / "new.py").write_text(
        "import counter_old\nfrom camshaft import migration\n"
        + FIRST.replace("count", "total")
        + "\n@migration\ndef on(was: counter_old.Counter) -> Counter:\n    return Counter(total=was.count)\n"
    )
    node.answer("upgrade", files / "new.py", "--yes")
    assert json.loads(node.answer("state", "counter")) == {"total": 1}
    refused = camshaft("serve", files / "counter_old.py", "--data", files / "other")
    assert (refused.returncode, "is a stub of counter" in refused.stderr) == (1, True)


def test_the_printed_migration_is_pasted_and_upgrades(node: NodeProcess, files: Path) -> None:
    (files / "counter_old.py").write_text(node.answer("stub", "counter"))
    (plan,) = json.loads(node.answer("plan", files / "two.py", "--json"))["plans"]
    (files / "pasted.py").write_text(SECOND + "\n\n" + plan["migration"]["python"] + "\n")
    node.answer("upgrade", files / "pasted.py", "--yes")
    assert json.loads(node.answer("state", "counter")) == {"count": 1, "limit": 5}


def test_the_stub_of_an_example_is_accepted_by_check(tmp_path: Path) -> None:
    with serving(EXAMPLES / "cart.py", data=tmp_path / "data") as node:
        (tmp_path / "cart_old.py").write_text(node.answer("stub", "cart"))
    assert camshaft("check", tmp_path / "cart_old.py").returncode == 0
