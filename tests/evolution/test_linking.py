"""A linked migration does what its steps do one after another, and says what they say where it fails."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camshaft.bytecode.encoding import decode_program, encode_program
from camshaft.bytecode.program import Parameter, Program
from camshaft.bytecode.verifier import verify
from camshaft.category.assembler import FunctionSource, MethodSource, ProgramSource, assemble
from camshaft.category.terms import Constant
from camshaft.errors import Refused, Rejected, Trap
from camshaft.evolution.linking import linked
from camshaft.execution.compiler import Compiled
from camshaft.execution.interpreter import DEFAULT_FUEL, Interpreter
from camshaft.execution.whereabouts import whereabouts
from camshaft.language.compile import compile_migration
from camshaft.values.codec import encode_raw
from camshaft.values.types import UNIT, Record, Type
from generators import chain_of_shops, machines
from generators.terms import Around, grow
from generators.types import types, values


@st.composite
def steps(draw: st.DrawFn) -> list[Program]:
    """Migrations, each from the state that the one before gives, with functions of the same names in each."""
    states = draw(st.lists(types(depth=2), min_size=2, max_size=4))
    return [draw(step(was, becomes)) for was, becomes in pairwise(states)]


@st.composite
def step(draw: st.DrawFn, was: Type, becomes: Type) -> Program:
    # A migration is a query: it leaves the state alone, which it does not have.
    around = Around((UNIT,), size=2, hidden=frozenset({0}), asks=False)
    functions: tuple[FunctionSource, ...] = ()
    if draw(st.booleans()):
        domain, codomain = draw(types(depth=1)), draw(st.sampled_from([was, becomes]))
        body = grow(draw, domain, codomain, around)
        functions = (FunctionSource("helper", domain, codomain, body),)
    domain = Record((("was", was),))
    body = grow(draw, domain, becomes, replace(around, functions=functions))
    migrate = MethodSource("migrate", (Parameter("was", was),), becomes, body)
    return assemble(ProgramSource("migration", UNIT, Constant(UNIT, ()), functions, (migrate,)))


def ran(execution: Interpreter | Compiled, was: Any) -> Any:
    try:
        result, _ = execution.step("migrate", (was,), (), DEFAULT_FUEL)
    except Refused as refused:
        return ("refused", refused.name, encode_raw(refused.payload))
    except Trap as trap:
        return ("trap", trap.kind)
    return ("returned", result)


@settings(deadline=None)
@given(steps(), st.data())
def test_a_linked_migration_does_what_its_steps_do(chain: list[Program], data: st.DataObject) -> None:
    whole = linked(chain)
    assert decode_program(encode_program(whole)) == whole
    was = data.draw(values(chain[0].methods[0].parameters[0].type))
    expected: Any = ("returned", was)
    for one in chain:
        if expected[0] == "returned":
            expected = ran(Interpreter(verify(one)), expected[1])
    for execution in (Interpreter, Compiled):
        found = ran(execution(verify(whole)), was)
        assert (found[0], encode_raw(found[1:])) == (expected[0], encode_raw(expected[1:]))


def test_one_step_is_given_back_as_it_is() -> None:
    step = machines.split()
    assert linked([step]) is step


def test_steps_that_do_not_fit_together_are_rejected() -> None:
    with pytest.raises(Rejected, match="one gives another state than the next takes"):
        linked([machines.split(), machines.split()])


def test_what_fails_in_a_step_is_said_with_the_line_of_its_own_file() -> None:
    whole = linked([compile_migration(each).program for each in (chain_of_shops.second, chain_of_shops.third)])
    verified = verify(whole)
    for count, place in ((-1, "in second"), (200, "in checked")):
        with pytest.raises(Trap) as trapped:
            Compiled(verified).step("migrate", ((count,),), (), DEFAULT_FUEL)
        where = whereabouts(trapped.value, verified.lines)
        assert where is not None
        assert where.file == "chain_of_shops.py"
        assert str(where).endswith(place)
