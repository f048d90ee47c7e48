"""Small machines written as terms, for tests of what runs programs and does not care where they come from."""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.program import Parameter, Place, Program
from camshaft.bytecode.upgrade import Upgrade, encode_upgrade
from camshaft.category.assembler import MethodSource, ProgramSource, assemble
from camshaft.category.terms import (
    Append,
    Ask,
    Constant,
    Fork,
    Get,
    If,
    Primitive,
    Project,
    Put,
    Refuse,
    Term,
    compose,
    operate,
    sequence,
)
from camshaft.category.terms import Trap as TrapTerm
from camshaft.values.types import FLOAT, INT, STR, TIME, UNIT, List, Map, Record, Type

COUNT = Place(0, ("count",))
COUNTER_STATE = Record((("count", INT),))
COUNTER_V2_STATE = Record((("old", INT), ("count", INT)))
OUT_OF_STOCK = Record((("sku", STR), ("left", INT)))
ROLL = Record((("at", TIME), ("key", STR), ("chance", FLOAT), ("number", INT), ("name", STR)))
CART_STATE = Record((("stock", Map(STR, INT)), ("taken", INT)))


def number(value: int) -> Term:
    """a -> Int"""
    return Constant(INT, value)


def plus(left: Term, right: Term) -> Term:
    """The sum of two terms, small enough to be stored."""
    return compose(operate(Primitive("add"), left, right), Primitive("cap"))


def method(name: str, body: Term, result: Type = UNIT, **parameters: Type) -> MethodSource:
    """A method whose parameters are given by name and type."""
    return MethodSource(name, tuple(Parameter(label, type_) for label, type_ in parameters.items()), result, body)


def counter_source(step: int = 1, origin: str = "", extra: tuple[MethodSource, ...] = ()) -> ProgramSource:
    """The counter: `incr`, `add(n)`, `value`, and two commands that write first and fail then."""
    return ProgramSource(
        name="counter",
        state=COUNTER_STATE,
        initial=Fork((("count", number(0)),)),
        methods=(
            method("incr", operate(Put(COUNT), plus(Get(COUNT), number(step)))),
            method("add", operate(Put(COUNT), plus(Get(COUNT), Project("n"))), n=INT),
            method("value", Get(COUNT), INT),
            method(
                "refuse",
                sequence(
                    operate(Put(COUNT), number(-1)),
                    compose(Fork((("count", Get(COUNT)),)), Refuse("Never", Record((("count", INT),)))),
                ),
            ),
            method(
                "trap",
                sequence(operate(Put(COUNT), number(-1)), compose(Constant(STR, "no"), TrapTerm("AssertionError"))),
            ),
            *extra,
        ),
        notes={"origin": origin} if origin else {},
    )


def counter(step: int = 1, origin: str = "", extra: tuple[MethodSource, ...] = ()) -> Program:
    """The counter, version 1; another `step` is a change of rules."""
    return assemble(counter_source(step, origin, extra))


def counter_v2() -> Program:
    """The counter with a second field; its `add` takes a text as well, so that an old `add` does not fit."""
    return assemble(
        ProgramSource(
            name="counter",
            state=COUNTER_V2_STATE,
            initial=Fork((("old", number(0)), ("count", number(0)))),
            methods=(
                method("incr", operate(Put(COUNT), plus(Get(COUNT), number(1)))),
                method("add", operate(Put(COUNT), plus(Get(COUNT), Project("n"))), n=INT, why=STR),
                method("value", Get(COUNT), INT),
                method("old", Get(Place(0, ("old",))), INT),
            ),
        )
    )


def migration(before: Type, after: Type, body: Term) -> Program:
    """A migration whose body maps the record `{was: before}` to the new state."""
    return assemble(
        ProgramSource(
            name="migration",
            state=UNIT,
            initial=Constant(UNIT, ()),
            methods=(method("migrate", body, after, was=before),),
        )
    )


def split() -> Program:
    """From the counter to its version 2: both fields start at the old count."""
    count = compose(Project("was"), Project("count"))
    return migration(COUNTER_STATE, COUNTER_V2_STATE, Fork((("old", count), ("count", count))))


def split_only_even() -> Program:
    """As `split`, but it traps where the count is odd."""
    count = compose(Project("was"), Project("count"))
    odd = operate(Primitive("equal"), operate(Primitive("modulo"), count, number(2)), number(1))
    failure = compose(Constant(STR, "an odd count"), TrapTerm("AssertionError"))
    return migration(COUNTER_STATE, COUNTER_V2_STATE, If(odd, failure, Fork((("old", count), ("count", count)))))


def merge() -> Program:
    """The way back from version 2: the count stays, what was kept of the old one is dropped."""
    return migration(COUNTER_V2_STATE, COUNTER_STATE, Fork((("count", compose(Project("was"), Project("count"))),)))


def merge_only_even() -> Program:
    """As `merge`, but it traps where the count is odd."""
    count = compose(Project("was"), Project("count"))
    odd = operate(Primitive("equal"), operate(Primitive("modulo"), count, number(2)), number(1))
    failure = compose(Constant(STR, "an odd count"), TrapTerm("AssertionError"))
    return migration(COUNTER_V2_STATE, COUNTER_STATE, If(odd, failure, Fork((("count", count),))))


def cart() -> Program:
    """A stock of goods: `put(sku, n)`, `take(sku, n)` that refuses with OutOfStock, `left(sku)` that may trap."""
    stock = Place(0, ("stock", None))
    left = operate(Get(stock), Project("sku"))
    payload = Fork((("sku", Project("sku")), ("left", left)))
    remaining = compose(operate(Primitive("subtract"), left, Project("n")), Primitive("cap"))
    taken = Place(0, ("taken",))
    return assemble(
        ProgramSource(
            name="cart",
            state=CART_STATE,
            initial=Constant(CART_STATE, ({}, 0)),
            methods=(
                method("put", operate(Put(stock), Project("n"), Project("sku")), sku=STR, n=INT),
                method(
                    "take",
                    If(
                        operate(Primitive("less"), left, Project("n")),
                        compose(payload, Refuse("OutOfStock", OUT_OF_STOCK)),
                        sequence(
                            operate(Put(taken), plus(Get(taken), Project("n"))),
                            operate(Put(stock), remaining, Project("sku")),
                            left,
                        ),
                    ),
                    INT,
                    sku=STR,
                    n=INT,
                ),
                method("left", left, INT, sku=STR),
                method("taken", Get(taken), INT),
            ),
        )
    )


def upgrade(
    old: Program | str,
    new: Program | bytes,
    migrate: Program | bytes | None = None,
    back: Program | bytes | None = None,
    **fields: Any,
) -> bytes:
    """The bytes of an upgrade with an id of its own and `back` as downgrade; `fields` replaces some of its fields."""

    def encoded(program: Program | bytes) -> bytes:
        return program if isinstance(program, bytes) else encode_program(program)

    chosen: dict[str, Any] = {
        "id": token_hex(16),
        "machine": old.name if isinstance(old, Program) else "counter",
        "expected": program_id(old) if isinstance(old, Program) else old,
        "program": encoded(new),
        "migration": None if migrate is None else encoded(migrate),
        "downgrade": None if back is None else encoded(back),
    }
    return encode_upgrade(Upgrade(**{**chosen, **fields}))


def dice() -> Program:
    """What a step may ask, written down: `roll` the time, the key and three draws; `look` answers them and writes
    nothing; `roll_or_refuse` draws, writes, and refuses."""
    asked = Fork(
        (
            ("at", Ask("now")),
            ("key", Ask("key")),
            ("chance", Ask("random")),
            ("number", operate(Ask("random_between"), number(1), number(7))),
            ("name", Ask("uuid")),
        )
    )
    rolls = Place(0, ("rolls",))
    roll = operate(Append(rolls), asked)
    state = Record((("rolls", List(ROLL)),))
    return assemble(
        ProgramSource(
            name="dice",
            state=state,
            initial=Constant(state, ([],)),
            methods=(
                method("roll", roll),
                method("look", asked, ROLL),
                method("roll_or_refuse", sequence(roll, compose(Fork(()), Refuse("Unlucky", UNIT)))),
            ),
        )
    )
