"""Files: imported as Python would import them, compiled as a whole, and refused with all that is wrong in them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from camshaft.bytecode.encoding import program_id
from camshaft.language.compile import CompileError, compile_file

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_only_what_a_file_defines_is_compiled() -> None:
    compiled = compile_file(EXAMPLES / "counter_v2.py")
    assert [machine.name for machine in compiled.machines] == ["counter"]
    (migration,) = compiled.migrations
    assert migration.function.__name__ == "split"
    assert migration.new is compiled.machines[0]
    old = compile_file(EXAMPLES / "counter.py").machines[0]
    assert program_id(migration.old.program) == program_id(old.program)


def test_the_examples_compile() -> None:
    for file in sorted(EXAMPLES.glob("*.py")):
        assert compile_file(file).machines, file


def test_the_counter_is_as_small_as_it_can_be() -> None:
    (counter,) = compile_file(EXAMPLES / "counter.py").machines
    assert [(method.name, len(method.code)) for method in counter.program.methods] == [("incr", 10), ("value", 2)]


def test_files_of_one_name_in_two_places_do_not_meet(tmp_path: Path) -> None:
    text = "from camshaft import Machine\n\n\nclass {0}(Machine):\n    n: int = 0\n"
    names = []
    for directory, name in (("a", "One"), ("b", "Two")):
        (tmp_path / directory).mkdir()
        file = tmp_path / directory / "shared_name.py"
        file.write_text(text.format(name))
        (tmp_path / directory / "user_of_it.py").write_text(
            "from camshaft import Machine, migration\nimport shared_name\n\n\n"
            "class Next(Machine, name='x'):\n    n: int = 0\n\n\n"
            f"@migration\ndef go(was: shared_name.{name}) -> Next:\n    return Next(n=was.n)\n"
        )
        compiled = compile_file(tmp_path / directory / "user_of_it.py")
        names.append(compiled.migrations[0].old.name)
        assert "shared_name" not in sys.modules
    assert names == ["one", "two"]


def test_an_edited_file_is_compiled_as_it_is_now(tmp_path: Path) -> None:
    file = tmp_path / "edited.py"
    text = "from camshaft import Machine\n\n\nclass Box(Machine):\n    n: int = {0}\n"
    ids = set()
    for number in (1, 2, 3):
        file.write_text(text.format(number))
        ids.add(program_id(compile_file(file).machines[0].program))
    assert len(ids) == 3


def test_a_file_named_like_a_module_of_python_is_itself(tmp_path: Path) -> None:
    file = tmp_path / "queue.py"
    file.write_text("from camshaft import Machine\n\n\nclass Queue(Machine):\n    n: int = 0\n")
    before = sys.modules.get("queue")
    assert compile_file(file).machines[0].name == "queue"
    assert sys.modules.get("queue") is before


def test_problems_of_all_machines_of_a_file_come_together(tmp_path: Path) -> None:
    file = tmp_path / "two.py"
    file.write_text(
        "from camshaft import Machine\n\n\nclass One(Machine):\n    n: complex = 0j\n\n\n"
        "class Two(Machine):\n    n: int = 0\n\n    def f(self) -> int:\n        return self.m / 2\n\n"
        "    def g(self) -> str:\n        return self.n\n"
    )
    with pytest.raises(CompileError) as caught:
        compile_file(file)
    assert [found.inside for found in caught.value.diagnostics] == ["One", "Two.f", "Two.g"]


def test_a_missing_file_is_a_diagnostic(tmp_path: Path) -> None:
    with pytest.raises(CompileError, match=r"CAM004.*cannot be read: No such file"):
        compile_file(tmp_path / "missing.py")


def test_a_file_that_is_not_text_is_a_diagnostic(tmp_path: Path) -> None:
    file = tmp_path / "binary.py"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CompileError, match=r"CAM001.*not UTF-8"):
        compile_file(file)


def test_a_mistake_in_an_imported_file_is_shown_there(tmp_path: Path) -> None:
    (tmp_path / "broken_part.py").write_text("def f(:\n    pass\n")
    file = tmp_path / "whole.py"
    file.write_text("import broken_part\nfrom camshaft import Machine\n")
    with pytest.raises(CompileError, match="CAM001") as caught:
        compile_file(file)
    assert "broken_part.py:1:7" in str(caught.value)


def test_notes_tell_where_a_program_comes_from() -> None:
    (cart,) = compile_file(EXAMPLES / "cart.py").machines
    notes = cart.program.notes
    assert notes["class"] == "ShoppingCart"
    assert notes["source"].startswith("class ShoppingCart(Machine")
    assert notes["docs"]["order"] == "Order what is in the cart; gives the total in cents."
    assert set(cart.refusals) == {"TooMany", "UnknownItem", "NotOpen", "NothingToOrder"}


def test_a_file_may_have_any_suffix_or_none(tmp_path: Path) -> None:
    for name in ("counter", "counter.txt"):
        (tmp_path / name).write_text((EXAMPLES / "counter.py").read_text())
        (machine,) = compile_file(tmp_path / name).machines
        assert machine.name == "counter"


def test_a_file_that_ends_the_process_when_it_is_imported_is_a_diagnostic(tmp_path: Path) -> None:
    (tmp_path / "ends.py").write_text("import sys\n\nsys.exit(0)\n")
    with pytest.raises(CompileError, match=r"importing the file failed: SystemExit: 0\n *--> .*ends\.py:3:1"):
        compile_file(tmp_path / "ends.py")
