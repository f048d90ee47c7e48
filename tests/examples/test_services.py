"""What holds for all services of the examples: they agree with Python on any input, and can be upgraded live."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import camshaft as cam
from camshaft import testing
from camshaft.language.compile import compile_file
from corpus.judge import Program, judge
from generators.nodes import EXAMPLES
from generators.pages import Page

PAGES = EXAMPLES.parent / "docs" / "examples"
SERVICES = sorted(path.stem for path in PAGES.glob("*.md"))


def test_there_are_ten_services() -> None:
    assert len(SERVICES) == 10


@pytest.mark.parametrize("source", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.stem)
def test_a_service_is_what_it_is_in_python_on_inputs_drawn_by_type(source: Path) -> None:
    report = judge(Program(source))
    assert "returned" in report.ended


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_upgraded_while_it_runs(name: str) -> None:
    second = compile_file(EXAMPLES / f"{name}_v2.py")
    (migration,) = second.migrations
    old, new = migration.old, migration.new
    assert old.program.state != new.program.state, "a second version changes the state"
    with cam.Node() as node:
        node.deploy(old.cls)
        node.upgrade(cam.Upgrade(old=old.cls, new=new.cls, migrate=migration.function))
        assert cam.state(node.instance(new.cls, key="a")) is not None


@pytest.mark.parametrize("name", [*SERVICES, "counter"])
def test_a_service_can_be_upgraded_at_every_position_of_any_inputs(name: str) -> None:
    (migration,) = compile_file(EXAMPLES / f"{name}_v2.py").migrations
    upgrade = cam.Upgrade(old=migration.old.cls, new=migration.new.cls, migrate=migration.function)
    testing.check_upgrade(upgrade, testing.inputs(migration.old.cls, keys=[None, "a"]))


@pytest.mark.parametrize("name", SERVICES)
def test_what_the_page_of_a_service_shows_happens_as_it_says(name: str, tmp_path: Path) -> None:
    page = PAGES / f"{name}.md"
    assert f"examples/{name}.py" in page.read_text()
    assert f"examples/{name}_v2.py" in page.read_text()
    for version in (name, f"{name}_v2"):
        shutil.copy(EXAMPLES / f"{version}.py", tmp_path)
    Page(page, tmp_path).run()
