"""`camshaft check` and `camshaft explain`: what people and editors are told of a file."""

from __future__ import annotations

import json
from pathlib import Path

from generators.nodes import EXAMPLES, camshaft

MOVED = """\
from camshaft import Machine


class Box(Machine):
    queue: list[list[int]] = []

    def moved(self) -> None:
        first = self.queue[0]
        del self.queue[-1]
        first.append(1)
"""
REFUSED = """\
from camshaft import Machine


class Box(Machine):
    items: list[int] = []
    kept: list[int] = []

    def keep(self, 日: int) -> None:
        self.items.append(日); self.kept = self.itmes

    def name(self) -> str:
        return 1
"""


def test_a_directory_is_checked_with_all_files_that_define_machines(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / ".venv").mkdir()
    (tmp_path / "inner" / "counter.py").write_text((EXAMPLES / "counter.py").read_text())
    (tmp_path / "box.py").write_text(REFUSED)
    (tmp_path / "plain.py").write_text("raise SystemExit('this must not run')\n")
    (tmp_path / ".venv" / "box.py").write_text(REFUSED)
    done = camshaft("check", tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("counter ")
    assert done.stderr.count("error[") == 2
    assert done.stderr.endswith("2 errors in 2 files\n")
    (tmp_path / "box.py").unlink()
    assert camshaft("check", tmp_path, EXAMPLES / "cart.py").returncode == 0


def test_a_stub_is_said_to_be_one(tmp_path: Path) -> None:
    stub = tmp_path / "counter_old.py"
    stub.write_text(f'from camshaft import Machine\n\nclass Counter(Machine, version="{"a" * 64}"):\n    n: int = 0\n')
    done = camshaft("check", stub)
    assert (done.returncode, done.stdout) == (
        0,
        f"counter {'a' * 12}: the types of that version, to write a migration from\n",
    )


def test_a_directory_without_machines_and_a_missing_path_are_errors(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.py"):
        done = camshaft("check", path)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("error: ")


def test_editors_get_places_in_characters(tmp_path: Path) -> None:
    file = tmp_path / "box.py"
    file.write_text(REFUSED)
    done = camshaft("check", "--json", file)
    assert (done.returncode, done.stderr) == (1, "")
    found = json.loads(done.stdout)
    assert found["version"] == 1
    assert found["files"] == [str(file)]
    first, second = found["diagnostics"]
    assert first == {
        "file": str(file),
        "line": 9,
        "column": 43,
        "end_line": 9,
        "end_column": 53,
        "severity": "error",
        "code": "CAM017",
        "title": "an attribute or a method that does not exist",
        "message": "this machine has no field `itmes`",
        "note": "",
        "inside": "Box.keep",
        "help": "did you mean `items`?",
        "related": [],
    }
    line = REFUSED.splitlines()[first["line"] - 1]
    assert line[first["column"] - 1 : first["end_column"] - 1] == "self.itmes"
    assert (second["code"], second["inside"]) == ("CAM014", "Box.name")


def test_what_explains_a_diagnostic_comes_as_related_places(tmp_path: Path) -> None:
    file = tmp_path / "box.py"
    file.write_text(MOVED)
    (found,) = json.loads(camshaft("check", "--json", file).stdout)["diagnostics"]
    assert found["code"] == "CAM012"
    bound, moved = found["related"]
    assert set(bound) == {"file", "line", "column", "end_line", "end_column", "message"}
    assert (bound["line"], bound["message"]) == (8, "`first` is bound here")
    assert (moved["line"], moved["message"]) == (9, "changed here")


def test_an_accepted_file_is_an_empty_list_for_editors() -> None:
    done = camshaft("check", "--json", EXAMPLES / "counter.py")
    assert (done.returncode, json.loads(done.stdout)["diagnostics"]) == (0, [])


def test_explain_shows_a_page_and_lists_all_codes() -> None:
    page = camshaft("explain", "cam012")
    assert page.returncode == 0
    assert page.stdout.startswith("# CAM012: one container under two names\n")
    listed = camshaft("explain").stdout.splitlines()
    assert "CAM012  one container under two names" in listed
    unknown = camshaft("explain", "CAM999")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "there is no code CAM999" in unknown.stderr
