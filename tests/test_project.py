"""What the project says about itself is true: its pinned versions, its decisions, the code in its README."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def code_blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def without_docstring(source: str) -> str:
    tree = ast.parse(source)
    if ast.get_docstring(tree) is not None:
        del tree.body[0]
    return ast.unparse(tree)


def normal_name(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def pinned_lines() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_constraints_are_exact_versions_without_urls() -> None:
    for line in pinned_lines():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.]*", line), line


def test_every_dependency_is_pinned_and_explained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    named = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *(name for extra in project["project"]["optional-dependencies"].values() for name in extra),
    ]
    dependencies = {normal_name(requirement) for requirement in named}
    assert dependencies <= {normal_name(line) for line in pinned_lines()}
    explained = set(re.findall(r"`([a-z-]+)`", (ROOT / "docs" / "dependencies.md").read_text()))
    assert dependencies <= explained


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_says_what_it_answers_and_what_was_rejected(decision: Path) -> None:
    text = decision.read_text()
    number = int(decision.stem[:4])
    assert text.startswith(f"# {number}. ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Rejected"]


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(path.stem[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("name", ["counter.py", "counter_v2.py"])
def test_the_machines_of_the_readme_are_the_examples(name: str) -> None:
    (block,) = (block for block in code_blocks("python") if block.startswith(f"# {name}\n"))
    assert without_docstring(block) == without_docstring((ROOT / "examples" / name).read_text())


def test_the_python_of_the_readme_runs() -> None:
    (block,) = (block for block in code_blocks("python") if "import camshaft as cam" in block)
    done = subprocess.run([sys.executable, "-c", block], cwd=ROOT / "examples", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/dependencies.md"])
def test_links_between_pages_lead_somewhere(page: str) -> None:
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text()):
        assert (path.parent / target).exists(), target


def test_make_lists_every_target() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(re.findall(r"^make ([a-z]+) +\S", done.stdout, re.MULTILINE)) == targets


def test_the_reading_order_names_files_that_exist() -> None:
    named = re.findall(r"^\| `([^`]+\.py)` \|", (ROOT / "docs" / "architecture.md").read_text(), re.MULTILINE)
    assert [name for name in named if not (ROOT / "src" / "camshaft" / name).is_file()] == []
    assert len(named) == len(set(named))


def test_every_source_file_is_in_the_reading_order() -> None:
    architecture = (ROOT / "docs" / "architecture.md").read_text()
    package = ROOT / "src" / "camshaft"
    files = [path.relative_to(package) for path in package.rglob("*.py") if path.name != "__init__.py"]
    missing = [str(path) for path in files if f"| `{path}` |" not in architecture]
    assert missing == []
