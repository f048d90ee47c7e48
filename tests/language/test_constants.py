"""Constants of modules and classes are what they are in Python, wherever they are imported from, and stay so."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine
from camshaft.language.compile import CompileError, compile_file, compile_machine
from generators import settings_of_tests
from generators import settings_of_tests as named_otherwise
from generators.differential import agree, call
from generators.settings_of_tests import LEVELS, LIMIT, NAMES, SIZES, TABLE, TAX, Level
from generators.settings_of_tests import LIMIT as MOST

GREETING = "hello"
PAIR = (1, "one")


@dataclass(frozen=True)
class Bounded:
    MOST: ClassVar[int] = 4
    n: int

    def over(self) -> bool:
        return self.n > self.MOST


class Reader(Machine):
    LEAST: ClassVar[int] = -1
    WORDS: ClassVar[dict[int, str]] = {0: "none", 1: "one"}
    count: int = 0
    kept: list[int] = []

    def scalars(self, n: int) -> list[int]:
        return [n + LIMIT, MOST, settings_of_tests.LIMIT, TAX, named_otherwise.DOUBLE_TAX, settings_of_tests.SECOND]

    def tuples(self, n: int) -> tuple[str, int, str, int]:
        return (NAMES[n], PAIR[0], PAIR[1], LEVELS[1].least)

    def levels(self, n: int) -> list[str]:
        return [level.name for level in LEVELS if level.least <= n]

    def level(self, n: int) -> Level:
        return LEVELS[0] if n < 1 else LEVELS[1]

    def tables(self, key: str, n: int) -> int:
        if key in TABLE and key not in settings_of_tests.EMPTY:
            return TABLE[key][n] + len(TABLE)
        return TABLE["a"][n]

    def sums(self) -> int:
        for size in SIZES:
            self.count += size
        for key, values in TABLE.items():
            self.count += len(key) * len(values)
        return self.count

    def copied(self, n: int) -> list[int]:
        own = list(SIZES)
        own.append(n)
        self.kept = list(SIZES)
        self.kept.append(own[-1])
        return own

    def absent(self) -> int:
        if settings_of_tests.NOTHING is None:
            return 1
        return settings_of_tests.NOTHING

    def own(self, n: int) -> tuple[int, str, int, bool]:
        return (self.LEAST + Reader.LEAST, self.WORDS[n], Bounded.MOST, Bounded(n).over())

    def greet(self) -> str:
        return GREETING

    def _table(self) -> dict[str, list[int]]:
        return TABLE

    def read(self, n: int) -> int:
        return self._table()["a"][n]


@given(st.integers(-4, 3), st.sampled_from(["a", "b", "z"]))
def test_constants_are_those_of_python(n: int, key: str) -> None:
    agree(
        Reader,
        call("scalars", n),
        call("tuples", n),
        call("levels", n),
        call("level", n),
        call("tables", key, n),
        call("sums"),
        call("sums"),
        call("copied", n),
        call("copied", n),
        call("absent"),
        call("own", n),
        call("greet"),
        call("read", n),
    )


def test_class_variables_are_no_fields() -> None:
    assert compile_machine(Reader).state_type_py.field("LEAST") is None
    assert Reader() == Reader(count=0)
    with pytest.raises(TypeError, match="has no field `LEAST`"):
        Reader(LEAST=1)  # type: ignore[call-arg]


def test_a_constant_is_part_of_the_origin(tmp_path: Path) -> None:
    origins = []
    for value in ("[1, 2]", "[1, 3]", "[1,3]  # again"):
        (tmp_path / "chosen.py").write_text(f"SIZES = {value}\nOTHER = {len(value)}\n")
        (tmp_path / "user.py").write_text(
            "from camshaft import Machine\nfrom chosen import SIZES\n\n\nclass User(Machine):\n"
            "    def run(self) -> int:\n        return SIZES[0]\n"
        )
        origins.append(compile_file(tmp_path / "user.py").machines[0].program.origin)
    assert origins[0] != origins[1] == origins[2]


CASES = {
    "bound twice": ("LIMIT = 1\nLIMIT = 2\n", "neither a variable of this method nor a constant"),
    "bound under a condition": ("if True:\n    LIMIT = 1\n", "neither a variable of this method nor a constant"),
    "a function's global": ("LIMIT = 1\ndef f():\n    global LIMIT\n    LIMIT = 2\n", "the module changes it"),
    "an element assigned": ("LIMIT = [1]\nLIMIT[0] = 2\n", "the module changes it"),
    "an element added in a function": ("LIMIT = {1: 2}\ndef f():\n    LIMIT.update({3: 4})\n", "the module changes it"),
    "empty": ("LIMIT = []\n", "is empty, so that its type is not known"),
    "a function": ("def LIMIT():\n    pass\n", "neither a variable of this method nor a constant"),
    "an object": ("LIMIT = object()\n", "`object` is not"),
    "too large": ("LIMIT = 1 << 5000\n", "more than 4096 bits"),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("how", ["from chosen import LIMIT", "import chosen"])
def test_what_may_change_is_no_constant(case: str, how: str, tmp_path: Path) -> None:
    text, reason = CASES[case]
    (tmp_path / "chosen.py").write_text(text)
    name = "LIMIT" if how.startswith("from") else "chosen.LIMIT"
    (tmp_path / "user.py").write_text(
        f"from camshaft import Machine\n{how}\n\n\nclass User(Machine):\n    def run(self) -> int:\n"
        f"        x = {name}\n        return 1\n"
    )
    with pytest.raises(CompileError) as refused:
        compile_file(tmp_path / "user.py")
    assert reason in str(refused.value)
    assert [one.inside for one in refused.value.diagnostics] == ["User.run"]


@pytest.mark.parametrize(
    "use", ["TABLE['a'] = 1", "TABLE.clear()", "self.table = TABLE", "x = TABLE; x['a'] = 1", "TABLE['a'] += 1"]
)
def test_a_constant_container_is_only_read(use: str, tmp_path: Path) -> None:
    (tmp_path / "user.py").write_text(
        "from camshaft import Machine\n\nTABLE = {'a': 1}\n\n\nclass User(Machine):\n    table: dict[str, int] = {}\n\n"
        f"    def run(self) -> int:\n        {use}\n        return 1\n"
    )
    with pytest.raises(CompileError, match=r"a constant"):
        compile_file(tmp_path / "user.py")


def test_a_constant_that_is_not_what_its_file_says_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("rebound_of_test")
    text = (
        "from camshaft import Machine\n\nLIMIT = 1\n\n\n"
        "class User(Machine):\n    def run(self) -> int:\n        return LIMIT\n"
    )
    file = tmp_path / "rebound_of_test.py"
    file.write_text(text)
    module.__file__ = str(file)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(text, str(file), "exec"), vars(module))
    vars(module)["LIMIT"] = 2
    with pytest.raises(CompileError, match=r"CAM003.*`LIMIT` is not what its file says"):
        compile_machine(module.User)
