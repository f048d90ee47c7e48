"""The bound on the fuel of code holds for whatever it is given, and is found for what people write."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine, migration
from camshaft.bytecode.growth import fixed_weight, least_weight, proportional
from camshaft.bytecode.program import Program
from camshaft.bytecode.upgrade import MIGRATION_METHOD
from camshaft.bytecode.verifier import verify
from camshaft.errors import OutOfFuel, Refused, Trap
from camshaft.execution.interpreter import Interpreter
from camshaft.language.compile import compile_migration
from camshaft.values.check import weight
from camshaft.values.types import Type
from generators import stores
from generators.moving import STATE, migrations, was
from generators.types import types, values


@given(migrations(), values(STATE))
def test_no_state_takes_more_fuel_than_the_bound(program: Program, state: tuple[object, ...]) -> None:
    verified = verify(program)
    bound = proportional(verified, MIGRATION_METHOD)
    if bound is None:
        return
    fuel = bound.units + bound.per_weight * weight(was(state))
    try:
        Interpreter(verified).step(MIGRATION_METHOD, was(state), (), fuel)
    except OutOfFuel as error:
        raise AssertionError(f"{bound} is too little") from error
    except (Refused, Trap):
        pass  # where it fails for another reason it has taken no more either


@given(types(depth=3).flatmap(lambda type_: st.tuples(st.just(type_), values(type_))))
def test_every_value_weighs_between_the_least_and_the_greatest_weight_of_its_type(given_: tuple[Type, object]) -> None:
    type_, value = given_
    assert least_weight(type_) <= weight(value)
    fixed = fixed_weight(type_)
    assert fixed is None or weight(value) <= fixed


def test_migrations_that_restructure_data_have_a_bound() -> None:
    for each in (stores.priced, stores.unpriced, stores.counted, stores.doubled, stores.noted):
        bound = proportional(verify(compile_migration(each).program), MIGRATION_METHOD)
        assert bound is not None
        assert bound.is_within(1_000, 100)


class Squares(Machine):
    names: list[str] = []


@migration
def all_pairs(was: Squares) -> Squares:
    return Squares(names=[left + right for left in was.names for right in was.names])


@migration
def repeated(was: Squares) -> Squares:
    return Squares(names=[name * len(was.names) for name in was.names])


def test_loops_that_multiply_have_none() -> None:
    assert proportional(verify(compile_migration(all_pairs).program), MIGRATION_METHOD) is None
    assert proportional(verify(compile_migration(repeated).program), MIGRATION_METHOD) is None
