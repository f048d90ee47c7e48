"""Hidden methods in a program's bytes, and what the verifier says of them."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from camshaft.bytecode.encoding import decode_program, encode_program, program_id
from camshaft.bytecode.interfaces import difference
from camshaft.bytecode.program import Program
from camshaft.bytecode.text import assemble_text, disassemble
from camshaft.bytecode.verifier import verify
from camshaft.errors import Rejected
from generators.rollouts import BOUND


def hiding(*names: str, invariants: tuple[str, ...] = ()) -> Program:
    return replace(BOUND, hidden=names, invariants=invariants)


def core(program: Program) -> list[object]:
    found: list[object] = msgspec.msgpack.decode(msgspec.msgpack.decode(encode_program(program))[2])
    return found


def with_sections(program: Program, *more: list[str]) -> bytes:
    container = msgspec.msgpack.decode(encode_program(program))
    container[2] = msgspec.msgpack.encode([*core(program), *more])
    return msgspec.msgpack.encode(container)


def test_a_program_that_hides_nothing_has_the_bytes_that_it_had_before_any_could() -> None:
    assert len(core(hiding())) == 7
    assert core(hiding("incr"))[7:] == [[], ["incr"]]
    assert core(hiding("incr", invariants=("bound",)))[7:] == [["bound"], ["incr"]]


@pytest.mark.parametrize("invariants", [(), ("bound",)])
def test_what_is_hidden_belongs_to_the_id_and_survives_bytes_and_text(invariants: tuple[str, ...]) -> None:
    program = hiding("incr", "value", invariants=invariants)
    assert program_id(program) != program_id(hiding(invariants=invariants))
    assert decode_program(encode_program(program)).hidden == ("incr", "value")
    assert assemble_text(disassemble(program)) == program
    verify(program)


@pytest.mark.parametrize("more", [([], []), ([], ["incr"], [])])
def test_empty_sections_and_further_ones_are_rejected(more: tuple[list[str], ...]) -> None:
    with pytest.raises(Rejected, match=r"not the canonical encoding|malformed bytes where a program's core"):
        decode_program(with_sections(hiding(), *more))


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("value", "incr"), "not sorted"),
        (("incr", "incr"), "not sorted"),
        (("nothing",), "hidden method nothing: there is no method of this name"),
        (("bound",), "hidden method bound: it is an invariant"),
    ],
)
def test_what_cannot_be_hidden_is_rejected(names: tuple[str, ...], said: str) -> None:
    with pytest.raises(Rejected, match=said):
        verify(hiding(*names, invariants=("bound",)))


def test_a_method_that_is_hidden_now_is_not_the_one_that_clients_called() -> None:
    assert difference(hiding(), hiding("incr"), "incr") == "incr is for adapters alone now"
    assert difference(hiding("incr"), hiding("incr"), "incr") is None
    assert difference(hiding("incr"), hiding(), "incr") is None
    assert [each.name for each in hiding("incr").public_methods] == [
        each.name for each in BOUND.methods if each.name != "incr"
    ]
