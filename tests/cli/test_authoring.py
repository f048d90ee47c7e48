from __future__ import annotations

from pathlib import Path

import pytest

from generators.nodes import EXAMPLES, camshaft


def written(directory: Path, text: str) -> Path:
    file = directory / "machine.py"
    file.write_text(text)
    return file


def test_check_names_each_machine_with_its_version_and_each_migration() -> None:
    done = camshaft("check", EXAMPLES / "counter_v2.py")
    assert (done.returncode, done.stderr) == (0, "")
    first, second = done.stdout.splitlines()
    assert first.startswith("counter ")
    assert first.endswith(": 1 command, 1 query")
    assert second == "counter: migration `split`"


def test_a_machine_has_the_same_version_wherever_and_whenever_it_is_compiled(tmp_path: Path) -> None:
    text = (EXAMPLES / "counter.py").read_text()
    here = camshaft("check", EXAMPLES / "counter.py").stdout
    there = camshaft("check", written(tmp_path, f"# another comment\n\n{text}")).stdout
    assert here == there


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("from camshaft import Machine\nclass A(Machine)\n    n: int = 0\n", "machine.py:2"),
        ("import camshaft\nx = 1\n", "there is no machine in this file"),
        ("from camshaft import Machine\nclass A(Machine):\n    n: complex = 0j\n", "machine.py:3"),
        ("import no_such_module\n", "no_such_module"),
    ],
)
@pytest.mark.parametrize("command", ["check", "dis", "deploy", "upgrade", "serve"])
def test_a_file_that_is_not_accepted_is_an_error_with_its_place(
    command: str, text: str, says: str, tmp_path: Path
) -> None:
    file = written(tmp_path, text)
    options = ("--data", tmp_path / "data") if command == "serve" else ()
    done = camshaft(command, file, *options)
    assert (done.returncode, done.stdout) == (1, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = camshaft("check", tmp_path / "gone.py")
    assert (done.returncode, done.stderr) == (1, f"error: {tmp_path / 'gone.py'}: no such file\n")
