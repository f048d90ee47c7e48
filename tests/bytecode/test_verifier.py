"""What the verifier refuses, rule by rule; that what it accepts cannot fault is shown in `test_encoding`."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from camshaft.bytecode.instructions import INSTRUCTIONS, MNEMONICS, Op
from camshaft.bytecode.program import (
    ConstantValue,
    Function,
    Method,
    MethodKind,
    Parameter,
    Place,
    Pools,
    Program,
    Refusal,
)
from camshaft.bytecode.verifier import verify
from camshaft.errors import Rejected
from camshaft.values.types import BOOL, INT, STR, UNIT, WIDE, List, Map, Record, Type, Variant, tuple_of

COLOUR = Variant((("green", UNIT), ("red", INT)))
STATE = Record((("count", INT), ("items", List(INT)), ("names", Map(STR, INT)), ("colour", COLOUR)))
STATE_VALUE: tuple[object, ...] = (0, [], {}, ("green", ()))
POOLS = Pools(
    types=(COLOUR, Record((("x", INT), ("y", STR))), INT),
    labels=("green", "red", "count", "0", "AssertionError", "OutOfFuel", "nonsense"),
    shapes=(("0", "1"), ("a", "a"), ()),
    constants=(
        ConstantValue(INT, 1),
        ConstantValue(STR, "text"),
        ConstantValue(BOOL, True),
        ConstantValue(UNIT, ()),
        ConstantValue(List(INT), [1, 2]),
        ConstantValue(STATE, STATE_VALUE),
    ),
    places=(
        Place(0, ("count",)),
        Place(0, ("items",)),
        Place(0, ("names", None)),
        Place(0, ("items", None)),
        Place(1),
        Place(0, ("nowhere",)),
        Place(0, ("count", None)),
    ),
    refusals=(Refusal("Sorry", UNIT),),
)
COUNT, ITEMS, NAME, ITEM, LOCAL, NOWHERE, KEY_OF_INT = range(7)
ONE, TEXT, TRUE, NOTHING, LIST, WHOLE = range(6)
GREEN, RED, COUNT_LABEL, FIRST, ASSERTION, FUEL, NONSENSE = range(7)


def code(text: str) -> tuple[int, ...]:
    """Code from mnemonics and numbers; a name of capital letters among the operands is one of those above."""
    return tuple(
        MNEMONICS[word].opcode if word in MNEMONICS else int(word) if word.isdigit() else globals()[word]
        for word in text.split()
    )


def program(
    text: str, *, result: Type = UNIT, kind: MethodKind = MethodKind.QUERY, refusals: tuple[str, ...] = ()
) -> Program:
    method = Method("method", kind, (), result, refusals, code(text))
    return Program("machine", STATE, code("CONST WHOLE"), (), (method,), POOLS)


REJECTED = {
    "an unknown instruction": ("999", "no instruction 999"),
    "operands missing at the end": ("CONST", "without its operands"),
    "an index beyond its pool": ("CONST 77", "no constant 77 in the pool"),
    "a pop from an empty stack": ("POP", "stack is empty"),
    "a swap on an empty stack": ("SWAP", "stack is empty"),
    "a pop below the construct's own stack": ("PUSH BLOCK POP END POP", "stack is empty"),
    "a value left on the stack": ("PUSH CONST NOTHING", "1 values are left on the stack"),
    "a value left on the stack by an arm": ("PUSH CONST TRUE IF PUSH ELSE END", "left on the stack"),
    "a construct left open": ("BLOCK CONST NOTHING", "still open"),
    "an END too many": ("CONST NOTHING END", "closes nothing"),
    "an ELSE without its IF": ("BLOCK ELSE END", "outside of an IF"),
    "a second ELSE": ("PUSH CONST TRUE IF ELSE ELSE END", "second"),
    "an IF without its ELSE": ("PUSH CONST TRUE IF END", "without its ELSE"),
    "an IF on something else": ("PUSH CONST ONE IF ELSE END", "needs a Bool"),
    "branches that disagree": ("PUSH CONST TRUE IF CONST ONE ELSE CONST TEXT END", "one path ends with Int"),
    "a CASE on something else": ("CONST ONE CASE ARM GREEN END", "needs a variant"),
    "an arm missing": ("CONST ONE INJECT 0 RED CASE ARM GREEN END", "without an arm for each case"),
    "arms in the wrong order": ("CONST ONE INJECT 0 RED CASE ARM RED END", "is not the next case"),
    "code between CASE and the first ARM": ("CONST ONE INJECT 0 RED CASE PUSH ARM GREEN END", "at once"),
    "an ARM without its CASE": ("ARM GREEN", "outside of a CASE"),
    "an exit without a block": ("EXIT 0", "no such block"),
    "an exit with another type": ("BLOCK CONST ONE EXIT 0 END", "ends with Int"),
    "a field that does not exist": ("CONST WHOLE FIELD GREEN", "has no field 'green'"),
    "a field of something else": ("CONST ONE FIELD GREEN", "needs a record"),
    "an environment that is none": ("CONST WHOLE ACC 1", "environment of pairs"),
    "an environment deeper than any": ("ACC 1000000", "never deeper"),
    "a record with a label twice": ("PUSH CONST ONE CONS 1", "not distinct"),
    "a record without fields": ("CONS 2", "at least one field"),
    "UNPACK of something else": ("CONST WHOLE UNPACK 4", "needs a tuple of 4"),
    "a case with another payload": ("CONST TEXT INJECT 0 RED", "has the payload"),
    "an INJECT into a type that is no variant": ("CONST ONE INJECT 1 RED", "has the payload"),
    "an operation on other types": ("PUSH CONST TEXT ADD", "add takes Wide, Wide -> Wide"),
    "a comparison of different types": ("PUSH CONST ONE SWAP CONST TEXT EQUAL POP", "equal takes"),
    "a place that does not exist": ("GET NOWHERE", "no field 'nowhere'"),
    "a place in a slot that does not exist": ("GET LOCAL", "slot 1 does not exist"),
    "a key into what has none": ("CONST ONE GET KEY_OF_INT", "neither a map nor a list"),
    "a key of another type": ("CONST ONE GET NAME", "a key of the place is Int"),
    "a PUT of another type": ("CONST TEXT PUT COUNT", "PUT of Str at a place of Int"),
    "a PUT of an integer not checked for size": ("CONST ONE NEGATE PUT COUNT", "PUT of Wide at a place of Int"),
    "an APPEND to what is no list": ("CONST ONE APPEND COUNT", "APPEND of Int to Int"),
    "a DELETE of a field": ("DELETE COUNT", "ends in a key or an index"),
    "LOCALS of what is no record": ("LOCALS 2 END", "needs a record type"),
    "a local after its block": ("LOCALS 1 END GET LOCAL", "slot 1 does not exist"),
    "a loop over what is no list": ("PUSH CONST ONE CONS 0 EACH CONST NOTHING END", "an environment and a list"),
    "a loop's body with a result": ("PUSH CONST LIST CONS 0 EACH END", "must end with"),
    "a function that does not exist": ("CALL 0", "no function 0 before this code"),
    "a refusal with another payload": ("CONST ONE REFUSE 0", "REFUSE Sorry takes"),
    "a trap of an unknown kind": ("CONST TEXT TRAP NONSENSE", "not a kind of trap"),
    "a trap that only an execution raises": ("CONST TEXT TRAP FUEL", "not a kind of trap"),
    "a trap with something else than a text": ("CONST ONE TRAP ASSERTION", "takes a text"),
    "a result of another type": ("CONST ONE", "its code ends with Int"),
    "nesting beyond the limit": ("PUSH CONST TRUE IF " * 81 + "ELSE END " * 81, "nest deeper than 80"),
    "loops within loops beyond the limit": ("BLOCK " * 17 + "END " * 17, "nest deeper than 16"),
    "a stack beyond the limit": ("PUSH " * 10_001, "grows beyond"),
}


@pytest.mark.parametrize("case", REJECTED)
def test_the_verifier_rejects(case: str) -> None:
    text, reason = REJECTED[case]
    with pytest.raises(Rejected, match=reason):
        verify(program(text))


def test_every_instruction_has_a_mnemonic_of_its_own() -> None:
    assert len(MNEMONICS) == len(INSTRUCTIONS)


def test_a_command_that_claims_to_be_a_query_is_rejected() -> None:
    with pytest.raises(Rejected, match="declared a query, but its code makes it a command"):
        verify(program("CONST ONE PUT COUNT"))
    assert verify(program("CONST ONE PUT COUNT", kind=MethodKind.COMMAND))


def test_a_refusal_that_is_not_declared_is_rejected() -> None:
    with pytest.raises(Rejected, match="declares the refusals"):
        verify(program("CONST NOTHING REFUSE 0"))
    assert verify(program("CONST NOTHING REFUSE 0", refusals=("Sorry",)))


def test_effects_come_through_functions() -> None:
    function = Function("increment", UNIT, UNIT, code("CONST ONE PUT COUNT"))
    calling = replace(program("CONST NOTHING CALL 0", kind=MethodKind.COMMAND), functions=(function,))
    assert verify(calling).methods["method"].code.effects.writes == {0}


def test_a_function_cannot_call_itself_or_one_after_it() -> None:
    function = Function("loop", UNIT, UNIT, code("CALL 0"))
    with pytest.raises(Rejected, match="no function 0 before this code"):
        verify(replace(program("CONST NOTHING"), functions=(function,)))


def test_the_initial_state_cannot_read_a_state() -> None:
    function = Function("peek", UNIT, STATE, (Op.GET, 7))
    pools = replace(POOLS, places=(*POOLS.places, Place(0)))
    peeking = Program("machine", STATE, code("CONST NOTHING CALL 0"), (function,), (), pools)
    with pytest.raises(Rejected, match="does not exist yet"):
        verify(peeking)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"name": "Not A Name"}, "no machine's name"),
        ({"state": WIDE}, "cannot be stored"),
        ({"state": Map(List(INT), INT)}, "keys cannot be"),
        ({"initial": code("CONST ONE")}, "the initial state: its code ends with Int"),
        ({"pools": replace(POOLS, constants=(ConstantValue(INT, "no"),))}, "constant 0: it is not a value of Int"),
        ({"pools": replace(POOLS, refusals=POOLS.refusals * 2)}, "two of this name"),
        ({"methods": program("CONST NOTHING").methods * 2}, "two of this name"),
    ],
)
def test_a_program_around_good_code_is_checked_too(changed: dict[str, object], reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        verify(replace(program("CONST NOTHING"), **changed))  # type: ignore[arg-type]  # one field of any type


def test_a_default_of_another_type_is_rejected() -> None:
    parameter = Parameter("n", INT, ConstantValue(INT, 2**5000))
    method = Method("method", MethodKind.QUERY, (parameter,), UNIT, (), code("CONST NOTHING"))
    with pytest.raises(Rejected, match="the default of parameter n"):
        verify(replace(program("CONST NOTHING"), methods=(method,)))


def test_the_cost_of_code_is_its_longest_path() -> None:
    short = verify(program("PUSH CONST TRUE IF ELSE END")).methods["method"].code.cost
    long = verify(program("PUSH CONST TRUE IF ELSE CONST ONE CONST ONE CONST NOTHING END")).methods["method"].code.cost
    assert (short, long) == (3, 6)


def test_a_million_instructions_are_verified_in_linear_time() -> None:
    def seconds(count: int) -> float:
        started = time.perf_counter()
        verify(program("PUSH POP " * count))
        return time.perf_counter() - started

    small, large = min(seconds(2_000) for _ in range(3)), seconds(20_000)
    assert large < 60 * small, "ten times the code took much more than ten times as long"


def test_taking_large_records_apart_again_and_again_is_rejected() -> None:
    wide = tuple_of(*[INT] * 5_000)
    pools = replace(POOLS, constants=(ConstantValue(wide, (0,) * 5_000),), shapes=(tuple(map(str, range(5_000))),))
    hostile = Method("method", MethodKind.QUERY, (), wide, (), code("CONST 0 " + "UNPACK 5000 CONS 0 " * 600))
    with pytest.raises(Rejected, match="too much work"):
        verify(Program("machine", UNIT, (), (), (hostile,), pools))
