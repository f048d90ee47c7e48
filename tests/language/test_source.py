"""The source of a class is found by its code, and a file that changed since its import is noticed."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from camshaft import Machine, simulate
from camshaft.language.compile import CompileError, compile_machine


class Counter(Machine):
    count: int = 0

    def incr(self) -> int:
        self.count += 1
        return self.count


First = Counter


class Counter(Machine):  # type: ignore[no-redef]  # two versions in one file is the point
    count: int = 0

    def incr(self) -> int:
        self.count += 10
        return self.count


def test_of_two_classes_of_a_name_each_is_compiled_from_its_own_source() -> None:
    assert simulate(First).incr() == 1
    assert simulate(Counter).incr() == 10
    assert "+= 1\n" in compile_machine(First).program.notes["source"]
    assert compile_machine(First).program.origin != compile_machine(Counter).program.origin


@pytest.fixture
def imported(tmp_path: Path) -> Iterator[Any]:
    names: list[str] = []

    def load(text: str, name: str = "stale_box") -> ModuleType:
        file = tmp_path / f"{name}.py"
        file.write_text(text)
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        names.append(name)
        exec(compile(text, str(file), "exec"), vars(module))
        return module

    yield load
    for name in names:
        del sys.modules[name]


BOX = """from camshaft import Machine


class Box(Machine):
    count: int = 0

    def add(self, n: int) -> int:
        self.count += n
        return self.count
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("self.count += n", "self.count -= n"),
        ("self.count += n", "self.count += 2"),
        ("from camshaft", "\nfrom camshaft"),
        ("class Box", "class Bag"),
        ("def add", "def put"),
    ],
)
def test_a_file_that_changed_since_its_import_is_refused(imported: Any, before: str, after: str) -> None:
    module = imported(BOX)
    Path(module.__spec__.origin).write_text(BOX.replace(before, after))
    with pytest.raises(CompileError, match=r"CAM003.*the file has changed since"):
        compile_machine(module.Box)


def test_a_change_of_comments_after_the_class_is_no_change(imported: Any) -> None:
    module = imported(BOX)
    Path(module.__spec__.origin).write_text(BOX + "\n# more\n")
    assert compile_machine(module.Box).name == "box"


def test_a_class_without_a_file_is_refused(imported: Any) -> None:
    module = ModuleType("fileless_box")
    sys.modules["fileless_box"] = module
    try:
        exec(BOX, vars(module))
        with pytest.raises(CompileError, match=r"CAM004.*it was not defined in a file"):
            compile_machine(module.Box)
    finally:
        del sys.modules["fileless_box"]


def test_a_machine_with_asserts_in_a_test_is_no_stale_source() -> None:
    # pytest rewrites the asserts of this file, so that the code that runs is not the file's.
    assert simulate(Asserting).check(1) == 1


class Asserting(Machine):
    def check(self, n: int) -> int:
        assert n > 0, "positive"
        return n
