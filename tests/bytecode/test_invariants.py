"""Invariants in a program's bytes, and what the verifier says of them."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from camshaft.bytecode.encoding import decode_program, encode_program, program_id
from camshaft.bytecode.program import Program
from camshaft.bytecode.text import assemble_text, disassemble
from camshaft.bytecode.verifier import verify
from camshaft.category.terms import Ask, Get, Primitive, operate
from camshaft.errors import Rejected
from camshaft.values.types import BOOL, INT
from generators.machines import COUNT, counter, method, number

POSITIVE = method("positive", operate(Primitive("less"), number(-1), Get(COUNT)), BOOL)
SMALL = method("small", operate(Primitive("less"), Get(COUNT), number(10)), BOOL)
AT_LEAST = method("at_least", operate(Primitive("less"), number(-1), Get(COUNT)), BOOL, least=INT)
LUCKY = method(
    "lucky", operate(Primitive("less"), number(0), operate(Ask("random_between"), number(0), number(2))), BOOL
)


def with_invariants(*names: str) -> Program:
    return replace(counter(extra=(POSITIVE, SMALL, AT_LEAST, LUCKY)), invariants=names)


def core(program: Program) -> list[object]:
    container = msgspec.msgpack.decode(encode_program(program))
    found: list[object] = msgspec.msgpack.decode(container[2])
    return found


def test_a_program_without_invariants_has_the_bytes_that_it_had_before_there_were_any() -> None:
    assert len(core(with_invariants())) == 7
    assert core(with_invariants("small"))[7:] == [["small"]]


def test_invariants_belong_to_the_id_and_survive_bytes_and_text() -> None:
    program = with_invariants("positive", "small")
    assert program_id(program) != program_id(with_invariants())
    assert decode_program(encode_program(program)).invariants == ("positive", "small")
    assert assemble_text(disassemble(program)) == program
    verify(program)


def test_an_empty_section_is_not_canonical() -> None:
    container = msgspec.msgpack.decode(encode_program(with_invariants()))
    sections = [*msgspec.msgpack.decode(container[2]), []]
    container[2] = msgspec.msgpack.encode(sections)
    with pytest.raises(Rejected, match="not the canonical encoding"):
        decode_program(msgspec.msgpack.encode(container))


def test_a_section_more_is_rejected() -> None:
    container = msgspec.msgpack.decode(encode_program(with_invariants("small")))
    sections = [*msgspec.msgpack.decode(container[2]), [], []]
    container[2] = msgspec.msgpack.encode(sections)
    with pytest.raises(Rejected, match="malformed bytes where a program's core should be"):
        decode_program(msgspec.msgpack.encode(container))


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("small", "positive"), "not sorted"),
        (("small", "small"), "not sorted"),
        (("nothing",), "invariant nothing: there is no method of this name"),
        (("incr",), "a query without parameters whose result is Bool"),
        (("value",), "a query without parameters whose result is Bool"),
        (("at_least",), "a query without parameters whose result is Bool"),
        (("lucky",), "asks for the time, the key or a random number"),
    ],
)
def test_what_is_no_invariant_is_rejected(names: tuple[str, ...], said: str) -> None:
    with pytest.raises(Rejected, match=said):
        verify(with_invariants(*names))
