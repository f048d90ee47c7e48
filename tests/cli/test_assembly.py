from __future__ import annotations

from pathlib import Path

import pytest

from camshaft.bytecode.encoding import decode_program, encode_program, program_id
from generators.machines import counter
from generators.nodes import EXAMPLES, camshaft


def test_dis_prints_machines_and_their_migrations() -> None:
    text = camshaft("dis", EXAMPLES / "counter_v2.py").stdout
    assert "counter" in text
    assert "migration" in text
    assert camshaft("dis", EXAMPLES / "counter_v2.py", "--machine", "counter").stdout == text


def test_a_machine_that_the_file_does_not_define_is_an_error_that_lists_those_it_does() -> None:
    done = camshaft("dis", EXAMPLES / "counter_v2.py", "--machine", "till")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("defines no machine till; it defines counter\n")


def test_what_dis_prints_asm_reads_back_to_the_same_program(tmp_path: Path) -> None:
    text = tmp_path / "counter.casm"
    text.write_text(camshaft("dis", EXAMPLES / "counter.py").stdout)
    done = camshaft("asm", text)
    version = camshaft("check", EXAMPLES / "counter.py").stdout.split(":")[0]
    data = (tmp_path / "counter.cam").read_bytes()
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"{version}: {len(data)} bytes in {tmp_path / 'counter.cam'}\n"
    assert program_id(decode_program(data)).startswith(version.split()[1])


def test_dis_reads_programs_and_texts_too(tmp_path: Path) -> None:
    program, text = tmp_path / "program", tmp_path / "again.casm"
    program.write_bytes(encode_program(counter()))
    shown = camshaft("dis", program).stdout
    text.write_text(shown)
    assert camshaft("dis", text).stdout == shown
    assert camshaft("asm", text, "-o", tmp_path / "out").returncode == 0
    assert (tmp_path / "out").read_bytes() == encode_program(counter())


def test_dis_prints_the_python_that_a_node_runs() -> None:
    text = camshaft("dis", "--python", EXAMPLES / "counter.py").stdout
    assert "# command incr\ndef m(s):" in text
    compile(text, "generated", "exec")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"camshaft 1\nmachine m\nstate Integer\n", "line 3, column 7: expected a type"),
        (b"camshaft 1 machine m state () initial POP", "the initial state, instruction 0: the stack is empty here"),
        (b"\xff\xfe", "neither a program nor text"),
    ],
)
def test_a_text_that_is_no_program_is_an_error_with_its_place(content: bytes, says: str, tmp_path: Path) -> None:
    file = tmp_path / "machine.casm"
    file.write_bytes(content)
    done = camshaft("asm", file)
    assert (done.returncode, done.stdout) == (1, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "machine.cam").exists()


@pytest.mark.parametrize("command", ["asm", "dis"])
def test_a_file_that_is_not_there_is_named(command: str, tmp_path: Path) -> None:
    done = camshaft(command, tmp_path / "gone.casm")
    assert (done.returncode, done.stderr) == (1, f"error: {tmp_path / 'gone.casm'}: no such file\n")
