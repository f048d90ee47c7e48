"""Programs are verified once, and kept for ever."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.bytecode.encoding import encode_program
from camshaft.bytecode.program import Parameter
from camshaft.category.assembler import MethodSource, ProgramSource, assemble
from camshaft.category.terms import Constant, Fork, Primitive, compose, operate
from camshaft.errors import Rejected
from camshaft.runtime.catalog import Catalog
from camshaft.values.codec import decode_raw, encode_raw
from camshaft.values.types import BOOL, INT, STR, UNIT, List, Map, Record, Type, Variant, tuple_of
from generators.machines import counter, number


def test_a_program_is_verified_once() -> None:
    catalog = Catalog()
    first = catalog.load(encode_program(counter()))
    assert catalog.load(encode_program(counter())) is first
    for step in range(2, 30):
        catalog.load(encode_program(counter(step)))
    assert catalog.load(encode_program(counter())) is not first, "a program that no entry brought in is forgotten"
    kept = catalog.keep(catalog.load(encode_program(counter())))
    for step in range(2, 30):
        catalog.load(encode_program(counter(step)))
    assert catalog.load(encode_program(counter())) is kept


def test_other_notes_make_no_other_program() -> None:
    catalog = Catalog()
    kept = catalog.keep(catalog.load(encode_program(counter(origin="1" * 64))))
    assert catalog.load(encode_program(counter(origin="2" * 64))) is kept


def test_a_program_is_named_by_its_id_and_its_origin_and_nothing_else() -> None:
    loaded = Catalog().load(encode_program(counter(origin="1" * 64)))
    assert loaded.is_named_by(loaded.id)
    assert loaded.is_named_by("1" * 64)
    assert not loaded.is_named_by("2" * 64)
    assert not Catalog().load(encode_program(counter())).is_named_by("")


@pytest.mark.parametrize("data", [b"", b"\x00", b"\xc1" * 100, encode_program(counter())[:-1]])
def test_bytes_that_are_no_program_are_rejected(data: bytes) -> None:
    catalog = Catalog()
    with pytest.raises(Rejected):
        catalog.load(data)
    assert catalog.programs == {}


def test_an_ill_typed_program_is_rejected() -> None:
    with pytest.raises(Rejected):
        Catalog().load(encode_program(replace(counter(), state=Record((("count", STR),)))))


def test_a_program_whose_initial_state_traps_is_rejected() -> None:
    trapping = assemble(
        ProgramSource(
            "trapping",
            Record((("count", INT),)),
            Fork((("count", compose(operate(Primitive("floor_divide"), number(1), number(0)), Primitive("cap"))),)),
        )
    )
    with pytest.raises(Rejected, match="the initial state of trapping cannot be computed: ZeroDivisionError"):
        Catalog().load(encode_program(trapping))


PAYMENT = Variant((("None", UNIT), ("Card", Record((("digits", STR),))), ("int", INT)))
DEEP = Record((("big", INT), ("seen", Map(tuple_of(INT, STR), List(PAYMENT))), ("flag", BOOL)))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
integers = st.integers(-(2**200), 2**200)
payments = st.one_of(
    st.just(("None", ())), st.tuples(st.just("Card"), st.tuples(texts)), st.tuples(st.just("int"), integers)
)
deep_values = st.tuples(
    integers, st.dictionaries(st.tuples(integers, texts), st.lists(payments, max_size=3), max_size=3), st.booleans()
)


@given(integers, texts, st.booleans(), deep_values)
def test_arguments_of_any_type_are_what_they_were_before_the_journal(n: int, text: str, flag: bool, deep: Any) -> None:
    types: dict[str, Type] = {"n": INT, "text": STR, "flag": BOOL, "deep": DEEP}
    parameters = tuple(Parameter(name, type_) for name, type_ in types.items())
    methods = (
        MethodSource("plain", parameters[:3], UNIT, Constant(UNIT, ())),
        MethodSource("deep", parameters, UNIT, Constant(UNIT, ())),
    )
    program = assemble(ProgramSource("taker", UNIT, Constant(UNIT, ()), (), methods))
    loaded = Catalog().load(encode_program(program))
    plain = (n, text, flag)
    assert loaded.methods["plain"].arguments_of(decode_raw(encode_raw(plain))) == plain
    assert loaded.methods["deep"].arguments_of(decode_raw(encode_raw((*plain, deep)))) == (*plain, deep)


@pytest.mark.parametrize("raw", [[], [1], [1, 2], ["1"], [True], [b"\x01"], [1, "a", True, 1]])
def test_arguments_of_another_type_are_rejected(raw: list[Any]) -> None:
    method = MethodSource("take", (Parameter("flag", BOOL), Parameter("text", STR)), UNIT, Constant(UNIT, ()))
    program = assemble(ProgramSource("taker", UNIT, Constant(UNIT, ()), (), (method,)))
    with pytest.raises(Rejected):
        Catalog().load(encode_program(program)).methods["take"].arguments_of(raw)


def test_a_program_that_was_loaded_in_steps_is_found_by_load() -> None:
    data = encode_program(counter())
    catalog = Catalog()
    steps = sum(1 for _ in catalog.loading(data))
    assert steps == 2 + len(counter().methods), "decoding, verifying, and a step for each method"
    loaded = catalog.load(data)
    assert catalog.load(data) is loaded
    assert loaded.methods.keys() == Catalog().load(data).methods.keys()
    assert list(catalog.loading(data)) == [], "there is nothing left to do"
    cell = loaded.make_cell((4,))
    assert loaded.run("value", (), cell) == 4


def test_what_is_not_a_program_is_rejected_in_steps_too() -> None:
    with pytest.raises(Rejected):
        list(Catalog().loading(b"nothing"))
