"""Bytes and programs: hostile bytes are rejected, and never anything else."""

from __future__ import annotations

import time
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.bytecode.encoding import MAX_NOTES_DEPTH, MAX_PROGRAM_BYTES, decode_program, encode_program, program_id
from camshaft.bytecode.type_table import TypeTable, types_from_rows
from camshaft.bytecode.upgrade import Upgrade, decode_upgrade, encode_upgrade
from camshaft.bytecode.verifier import load
from camshaft.category.assembler import ProgramSource, assemble
from camshaft.errors import Refused, Rejected, Trap
from camshaft.execution.interpreter import Interpreter
from camshaft.values.check import zero
from camshaft.values.types import Type
from generators.occasions import occasion
from generators.terms import programs
from generators.types import types


@given(programs(size=2), st.data())
def test_mutated_programs_are_rejected_or_run_without_a_fault(source: ProgramSource, data: st.DataObject) -> None:
    encoded = bytearray(encode_program(assemble(source)))
    for _ in range(data.draw(st.integers(1, 3))):
        position = data.draw(st.integers(0, len(encoded) - 1))
        encoded[position] = data.draw(st.integers(0, 255))
    try:
        verified = load(bytes(encoded))
    except Rejected:
        return
    interpreter = Interpreter(verified)
    try:
        state = interpreter.initial_state(fuel=10_000)
        for method in verified.program.methods:
            _, state = interpreter.step(method.name, zero(method.domain), state, 10_000, occasion())
    except (Refused, Trap):
        return


@given(programs(size=2), st.data())
def test_mutated_code_is_rejected_or_runs_without_a_fault(source: ProgramSource, data: st.DataObject) -> None:
    """The same, with the mutation inside of the code, where random bytes seldom leave the container intact."""
    program = assemble(source)
    container = msgspec.msgpack.decode(encode_program(program))
    core = msgspec.msgpack.decode(container[2])
    code = data.draw(st.sampled_from(core[5]))[5]
    if not code:
        return
    for _ in range(data.draw(st.integers(1, 3))):
        code[data.draw(st.integers(0, len(code) - 1))] = data.draw(st.integers(0, 100))
    container[2] = msgspec.msgpack.encode(core)
    try:
        verified = load(msgspec.msgpack.encode(container))
    except Rejected:
        return
    interpreter = Interpreter(verified)
    state = interpreter.initial_state()
    for method in verified.program.methods:
        try:
            _, state = interpreter.step(method.name, zero(method.domain), state, 10_000, occasion())
        except (Refused, Trap):
            continue


@given(programs(size=2), st.data())
def test_a_truncated_program_is_rejected(source: ProgramSource, data: st.DataObject) -> None:
    encoded = encode_program(assemble(source))
    with pytest.raises(Rejected):
        load(encoded[: data.draw(st.integers(0, len(encoded) - 1))])


@given(st.binary(max_size=200))
def test_random_bytes_are_rejected(data: bytes) -> None:
    with pytest.raises(Rejected):
        decode_program(data)
    with pytest.raises(Rejected):
        decode_upgrade(data)


def test_a_program_beyond_the_size_limit_is_rejected_before_it_is_read() -> None:
    with pytest.raises(Rejected, match="at most"):
        decode_program(bytes(MAX_PROGRAM_BYTES + 1))


def test_a_newer_format_is_rejected_by_its_version() -> None:
    with pytest.raises(Rejected, match="format version 2"):
        decode_program(msgspec.msgpack.encode(("camshaft", 2, b"", {})))


def test_deep_nesting_is_rejected_without_recursion() -> None:
    with pytest.raises(Rejected):
        decode_program(msgspec.msgpack.encode("camshaft").join([b"\x94", b"\x91" * 1_000_000]))


def nested(depth: int) -> object:
    """A list within a list within …, so many of them."""
    found: object = 1
    for _ in range(depth):
        found = [found]
    return found


@given(programs(size=1))
def test_notes_nest_as_deep_on_every_python(source: ProgramSource) -> None:
    # The notes themselves are one level.
    program = assemble(replace(source, notes={"any": nested(MAX_NOTES_DEPTH - 1)}))
    assert decode_program(encode_program(program)).notes == program.notes
    too_deep = assemble(replace(source, notes={"any": nested(MAX_NOTES_DEPTH)}))
    with pytest.raises(Rejected, match=f"nest more than {MAX_NOTES_DEPTH} deep"):
        decode_program(encode_program(too_deep))


@given(programs(size=1))
def test_notes_are_kept_and_are_not_part_of_the_id(source: ProgramSource) -> None:
    program = assemble(source)
    with_notes = assemble(replace(source, notes={"origin": "abc", "future": [1, {"x": None}]}))
    assert program_id(with_notes) == program_id(program)
    assert decode_program(encode_program(with_notes)).notes == {"origin": "abc", "future": [1, {"x": None}]}


@given(st.lists(types(), max_size=5))
def test_types_are_the_same_after_their_table(given_types: list[Type]) -> None:
    table = TypeTable()
    indexes = [table.index(type_) for type_ in given_types]
    read = types_from_rows([[list(part) if isinstance(part, tuple) else part for part in row] for row in table.rows])
    assert [read[index] for index in indexes] == given_types


@pytest.mark.parametrize(
    "rows",
    [
        [[5, 0]],
        [[0], [5, 1]],
        [[0], [5, -1]],
        [[0], [3, ["a", "a"], [0, 0]]],
        [[0], [3, ["a"], [0, 0]]],
        [[0], [3, [1], [0]]],
        [[99]],
        [[]],
        ["x"],
        [[True]],
        [[5, True]],
    ],
)
def test_a_malformed_table_is_rejected(rows: list[object]) -> None:
    with pytest.raises(Rejected):
        types_from_rows(rows)


def test_a_table_of_types_that_double_is_rejected_in_linear_time() -> None:
    rows: list[object] = [[0]]
    rows += [[3, ["0", "1"], [index, index]] for index in range(10_000)]
    started = time.perf_counter()
    with pytest.raises(Rejected, match="nodes"):
        types_from_rows(rows)
    assert time.perf_counter() - started < 2


def test_an_upgrade_is_the_same_after_encoding_and_decoding() -> None:
    upgrade = Upgrade("0" * 32, "counter", "a" * 64, b"program", None)
    assert decode_upgrade(encode_upgrade(upgrade)) == upgrade


def test_an_upgrade_with_an_unknown_extension_is_rejected() -> None:
    data = msgspec.msgpack.encode(
        ("camshaft-upgrade", 1, "0" * 32, "counter", "a" * 64, b"program", None, {"threshold": 2})
    )
    with pytest.raises(Rejected, match="threshold"):
        decode_upgrade(data)
