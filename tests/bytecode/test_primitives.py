"""Every primitive operation means what Python's own does, traps as it declares, and costs at least what it makes."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camshaft.bytecode.primitives import PRIMITIVES, PrimitiveOperation
from camshaft.bytecode.primitives.texts import MAX_DIGITS, WHITE_SPACE
from camshaft.bytecode.program import Parameter
from camshaft.bytecode.verifier import verify
from camshaft.category import terms as t
from camshaft.category.assembler import MethodSource, ProgramSource, assemble
from camshaft.errors import OutOfFuel, Trap
from camshaft.execution.compiler import Compiled
from camshaft.execution.interpreter import Interpreter
from camshaft.values.check import MAX_INT_BITS, weight
from camshaft.values.codec import encode, encode_raw
from camshaft.values.conformance import conforms
from camshaft.values.types import INT, UNIT, WIDE
from generators.operations import PYTHON, operand_types, operands

PATIENCE = 100_000
PER_UNIT = 70
"""The most elements or code points that a unit of fuel makes: an integer has 1,234 digits, for 20 units."""
PYTHON_ERRORS = (KeyError, IndexError, ZeroDivisionError, OverflowError, ValueError)
FEWER = settings(max_examples=settings().max_examples // 3)
EVERY = pytest.mark.parametrize("primitive", PRIMITIVES.values(), ids=lambda primitive: primitive.name)


def ended(primitive: PrimitiveOperation, given_: tuple[Any, ...]) -> tuple[str, Any]:
    """How the operation ends."""
    try:
        return ("gives", primitive.meaning(*given_))
    except Trap as trap:
        return ("traps", trap.kind)


def python_ends(primitive: PrimitiveOperation, given_: tuple[Any, ...]) -> tuple[str, Any]:
    """How Python's own operation ends, with the cap on integers that Python does not have."""
    try:
        result = PYTHON[primitive.name](*given_)
    except PYTHON_ERRORS as error:
        return ("traps", next(kind.__name__ for kind in PYTHON_ERRORS if isinstance(error, kind)))
    if "OverflowError" in primitive.traps and type(result) is int and result.bit_length() > MAX_INT_BITS:
        return ("traps", "OverflowError")
    return ("gives", result)


def affordable(primitive: PrimitiveOperation, given_: tuple[Any, ...]) -> bool:
    return primitive.charge is None or primitive.charge.of(*given_) <= PATIENCE


@EVERY
@given(data=st.data())
@FEWER
def test_an_operation_gives_what_python_gives(primitive: PrimitiveOperation, data: st.DataObject) -> None:
    found = data.draw(operand_types(primitive))
    given_ = data.draw(operands(found))
    before = encode_raw(given_)
    if not affordable(primitive, given_):
        return
    ending = ended(primitive, given_)
    expected = python_ends(primitive, given_)
    assert ending == expected
    assert encode_raw(given_) == before
    if ending[0] == "traps":
        assert ending[1] in primitive.traps
        return
    type_ = primitive.result_type(found)
    assert type_ is not None
    # What `==` does not tell: 0.0 from -0.0, True from 1, one order of a map from another.
    assert encode(type_, ending[1]) == encode(type_, expected[1])
    assert repr(ending) == repr(expected) or type_.holds_set
    assert conforms(type_, ending[1]) or (type_ is INT and WIDE in primitive.signatures[0].operands)
    # Making it was paid for: by the fixed cost, by the charge, or by a single operand that it is as large as.
    paid = primitive.cost + (0 if primitive.charge is None else primitive.charge.of(*given_))
    if isinstance(ending[1], str | bytes | list | dict):
        assert len(ending[1]) <= PER_UNIT * paid + max(map(weight, given_), default=0)


@EVERY
@given(data=st.data(), fuel=st.sampled_from((PATIENCE, PATIENCE, PATIENCE, 10, 20, 40)))
@FEWER
def test_both_executions_agree_on_an_operation(primitive: PrimitiveOperation, data: st.DataObject, fuel: int) -> None:
    found = data.draw(operand_types(primitive))
    result = primitive.result_type(found)
    assert result is not None
    parameters = tuple(Parameter(f"p{index}", type_) for index, type_ in enumerate(found))
    body: t.Term = t.operate(t.Primitive(primitive.name), *(t.Project(each.name) for each in parameters))
    if result is WIDE:
        body, result = t.compose(body, t.Primitive("cap")), INT
    method = MethodSource("run", parameters, result, body)
    verified = verify(assemble(ProgramSource("one", UNIT, t.Constant(UNIT, ()), (), (method,))))
    given_ = data.draw(operands(found))
    endings = []
    for execution in (Interpreter(verified), Compiled(verified)):
        try:
            endings.append(("gives", encode_raw(execution.step("run", given_, (), fuel)[0])))
        except Trap as trap:
            endings.append(("traps", trap.kind.encode()))
    assert endings[0] == endings[1]


def test_the_oracle_has_every_operation_and_no_other() -> None:
    assert set(PYTHON) == set(PRIMITIVES)


def test_white_space_is_what_this_python_takes_for_it() -> None:
    assert set(WHITE_SPACE) == {char for char in map(chr, range(sys.maxunicode + 1)) if char.isspace()}


def test_a_text_of_digits_is_read_up_to_the_limit_of_python() -> None:
    assert PRIMITIVES["str_to_int"].meaning("0" * MAX_DIGITS) == 0
    assert sys.int_info.default_max_str_digits == MAX_DIGITS


@pytest.mark.parametrize(
    ("name", "operands_"),
    [
        ("str_repeat", ("ab", 2**4096)),
        ("list_repeat", ([1, 2], 2**4096)),
        ("str_pad_left", ("", 10**9, "x")),
        ("str_zero_fill", ("", 10**9)),
        ("str_replace", ("a" * 10_000, "", "b" * 10_000)),
        ("str_join", ("x" * 10_000, ["a"] * 10_000)),
        ("range", (0, 10**9, 1)),
    ],
)
def test_what_would_explode_is_never_made(name: str, operands_: tuple[Any, ...]) -> None:
    charge = PRIMITIVES[name].charge
    assert charge is not None
    assert charge.of(*operands_) > 10_000_000


def test_stripping_is_linear_in_what_it_is_charged_for() -> None:
    # CPython's own would compare each of the one with each of the other.
    text, characters = "b" * 200_000, "a" * 200_000 + "b"
    assert PRIMITIVES["str_strip"].meaning(text, characters) == ""


def test_out_of_fuel_is_no_trap_that_an_operation_declares() -> None:
    assert all(OutOfFuel.kind not in primitive.traps for primitive in PRIMITIVES.values())
