"""What becomes of a state without a written migration, against an oracle that was there before the two versions."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import camshaft as cam
from camshaft.bytecode.encoding import decode_program, encode_program
from camshaft.bytecode.program import Program
from camshaft.bytecode.verifier import load, verify
from camshaft.evolution.derive import Derived, Ends, MigrationNeeded, derive
from camshaft.evolution.stub import stub_of
from camshaft.execution.compiler import Compiled
from camshaft.execution.interpreter import DEFAULT_FUEL, Interpreter
from camshaft.language.compile import CompiledMachine, compile_machine, compile_migration
from camshaft.values.conformance import conforms
from generators.types import values
from generators.versions import Versions, versions

HEAD = """
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Literal
from camshaft import Machine, drops, migration, was
"""


def compiled(text: str, name: str) -> CompiledMachine:
    (cls,) = cam.compile_source(text, name=name)
    return compile_machine(cls)


def between(old: str, new: str, head: str = HEAD) -> Ends:
    before = compiled(head + old, "before")
    return Ends(before.program, compiled(head + new, "after"), before)


def ran(program: Program | None, state: Any) -> Any:
    if program is None:
        return state
    # As at a node: the migration arrives as bytes and is verified before it runs.
    verified = load(encode_program(program))
    result, _ = Interpreter(verified).step("migrate", (state,), ())
    again, _ = Compiled(verified).step("migrate", (state,), (), DEFAULT_FUEL)
    assert again == result
    return result


# ---- against the oracle ----------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(versions(), st.data())
def test_every_value_is_where_the_oracle_says(pair: Versions, data: st.DataObject) -> None:
    ends = between(pair.old, pair.new, "")
    derived = derive(ends)
    state = data.draw(values(ends.old.state))
    becomes = ran(derived.migration, state)
    assert becomes == pair.oracle(state)
    assert conforms(ends.new.program.state, becomes)
    if derived.migration is not None:
        assert verify(derived.migration).methods["migrate"].code.effects.is_total
    assert (derived.way_back is None) == pair.loses
    if not pair.loses:
        assert ran(derived.downgrade, becomes) == state


@settings(max_examples=25, deadline=None)
@given(versions(), st.data())
def test_the_printed_python_means_the_same(pair: Versions, data: st.DataObject) -> None:
    ends = between(pair.old, pair.new, "")
    state = data.draw(values(ends.old.state))
    # With the source of the old version, and with a stub in its place.
    for known in (ends.known, None):
        derived = derive(Ends(ends.old, ends.new, known))
        pasted = pair.new + "\n\n" + "\n".join(derived.python()) + "\n"
        written = migration_in(pasted)
        assert written.program.methods[0].parameters[0].type is ends.old.state
        assert written.program.methods[0].result is ends.new.program.state
        assert written.old.version == Ends(ends.old, ends.new, ends.known).old_class.version
        assert ran(written.program, state) == ran(derived.migration, state)


@settings(max_examples=25, deadline=None)
@given(versions())
def test_nothing_is_renamed_or_lost_without_a_word(pair: Versions) -> None:
    ends = between(pair.old, pair.unmarked, "")
    if pair.marked:
        with pytest.raises(MigrationNeeded) as error:
            derive(ends)
        assert all(problem.readings for problem in error.value.problems)
    else:
        assert derive(ends).way_back is not None


@settings(max_examples=25, deadline=None)
@given(versions())
def test_a_stub_has_exactly_the_types_of_its_program(pair: Versions) -> None:
    program = compiled(pair.old, "before").program
    stub = compiled(stub_of(program), "stub")
    assert stub.program.state is program.state
    assert (
        Interpreter(load(encode_program(stub.program))).initial_state() == Interpreter(verify(program)).initial_state()
    )


def migration_in(text: str) -> Any:
    (cls,) = cam.compile_source(text, name="pasted")
    return compile_migration(sys.modules[cls.__module__].migrate)


# ---- one by one ------------------------------------------------------------------------------------------------------


def derived(old: str, new: str) -> Derived:
    return derive(between(old, new))


def refused(old: str, new: str) -> str:
    with pytest.raises(MigrationNeeded) as error:
        derived(old, new)
    return str(error.value)


def a(fields: str, before: str = "", marks: str = "") -> str:
    lines = "\n".join(f"    {line}" for line in fields.split("; "))
    return f"{before}\n{marks}\nclass Counter(Machine):\n{lines}\n    def get(self) -> int:\n        return 1\n"


def test_a_new_field_takes_its_default_and_the_others_carry_over() -> None:
    made = derived(a("count: int = 0; log: list[str] = []"), a("limit: int = 100; count: int = 0; log: list[str] = []"))
    assert ran(made.migration, (7, ["a"])) == (100, 7, ["a"])
    assert ran(made.downgrade, (100, 7, ["a"])) == (7, ["a"])


def test_fields_in_another_order_find_their_places() -> None:
    made = derived(a("count: int = 0; log: list[str] = []"), a("log: list[str] = []; count: int = 0"))
    assert ran(made.migration, (7, ["a"])) == (["a"], 7)


def test_a_state_of_the_same_type_needs_no_migration() -> None:
    made = derived(a("count: int = 0"), a("count: int = 5"))
    assert (made.migration, made.downgrade) == (None, None)


def test_two_fields_change_places_where_both_say_so() -> None:
    new = a('x: Annotated[int, was("y")] = 0; y: Annotated[int, was("x")] = 0')
    made = derived(a("x: int = 0; y: int = 0"), new)
    assert ran(made.migration, (1, 2)) == (2, 1)


def test_going_back_traps_where_the_version_before_has_no_form_of_a_value() -> None:
    made = derived(a("count: int = 0"), a("count: int | None = 0"))
    assert ran(made.migration, (7,)) == (("int", 7),)
    with pytest.raises(cam.AssertionFailed, match="the version before has no form of None"):
        ran(made.downgrade, (("None", ()),))


def test_a_literal_type_takes_more_values() -> None:
    made = derived(a('size: Literal["s", "m"] = "s"'), a('size: Literal["s", "m", "l"] = "s"'))
    assert ran(made.migration, (("m", ()),)) == (("m", ()),)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (a("count: int = 0"), a("count: str = ''"), ["`count` changed: int -> str", "write a migration"]),
        (
            a("count: int = 0"),
            a("total: int = 0"),
            [
                "`count`: int is dropped",
                'it is `total` now?  total: Annotated[int, was("count")]',
                'it may be lost?     @drops("count")  above `class Counter`',
            ],
        ),
        (
            a("x: int = 0; y: int = 0"),
            a('x: Annotated[int, was("y")] = 0'),
            [
                "`x` is said to have been `y`, and the version before has both",
                'it goes on from `x`?  take `was("y")` away',
                'it goes on from `y`?  @drops("x")  above `class Counter`: `x` is lost',
            ],
        ),
        (
            a("x: int = 0"),
            a('x: int = 0; y: Annotated[int, was("x")] = 0'),
            ["`x` is said to have become `y`, and the new version has both", '@drops("x")'],
        ),
        (
            a("x: int = 0"),
            a('y: Annotated[int, was("x")] = 0; z: Annotated[int, was("x")] = 0'),
            ["`x` is said to have become `y` and `z`"],
        ),
        (
            a("x: int = 0"),
            a("x: int = 0", marks='@drops("x")'),
            ["`x` is said to be dropped by `Counter`, which still has it and could carry it over"],
        ),
        (
            a("one: int | None = None"),
            a("one: int = 0"),
            ["`one` changed: int | None -> int"],
        ),
        (
            a("line: Line = Line(1)", "@dataclass\nclass Line:\n    n: int"),
            a("line: Line = Line(1, 2)", "@dataclass\nclass Line:\n    n: int\n    m: int"),
            ["`line.m`: int is new in `Line` and has no default", "m: int = …"],
        ),
        (
            a("is_: Color = Color.RED", "class Color(Enum):\n    RED = 1\n    BLUE = 2"),
            a("is_: Color = Color.RED", "class Color(Enum):\n    RED = 1\n    NAVY = 2"),
            ["`is_` may be BLUE, which `Color` does not have", '@was(NAVY="BLUE")  above `class Color`'],
        ),
        (
            a("keys: dict[Key, int] = {}", "@dataclass(frozen=True)\nclass Key:\n    a: int\n    b: int"),
            a("keys: dict[Key, int] = {}", '@drops("b")\n@dataclass(frozen=True)\nclass Key:\n    a: int'),
            ["`keys[key].b` is dropped, and two keys or members that differ in it would become one"],
        ),
        (
            a("what: A = A(1)", "@dataclass\nclass A:\n    n: int"),
            a("what: A | B = A(1)", "@dataclass\nclass A:\n    n: int\n\n@dataclass\nclass B:\n    n: int"),
            ["`what` could become `A | B` in several ways", "a `A`?", "a `B`?"],
        ),
    ],
)
def test_what_only_a_person_can_decide_is_an_error_with_every_reading(old: str, new: str, says: list[str]) -> None:
    text = refused(old, new)
    for each in says:
        assert each in text


def test_what_is_said_decides() -> None:
    dropped = derived(a("x: int = 0; y: int = 0"), a('x: Annotated[int, was("y")] = 0', marks='@drops("x")'))
    assert ran(dropped.migration, (1, 2)) == (2,)
    assert dropped.way_back is None
    anew = derived(a("x: int = 0"), a('x: int = 5; y: Annotated[int, was("x")] = 0', marks='@drops("x")'))
    assert ran(anew.migration, (1,)) == (5, 1)
    other = derived(a("x: int = 0"), a("x: str = 'none'", marks='@drops("x")'))
    assert ran(other.migration, (1,)) == ("none",)


def test_what_is_said_of_a_version_further_back_says_nothing() -> None:
    new = a('amount: Annotated[int, was("total")] = 0; more: int = 1', marks='@drops("legacy")')
    assert ran(derived(a("amount: int = 0"), new).migration, (7,)) == (7, 1)


def test_the_error_gives_the_migration_to_write() -> None:
    ends = between(a("count: int = 0; log: list[str] = []"), a("count: str = ''; limit: bool = False"))
    with pytest.raises(MigrationNeeded) as error:
        derive(ends)
    old = ends.old_class.cls.__module__
    assert str(error.value) == (
        "the state of counter changed in a way that only you can decide, and no migration is written\n"
        "  `count` changed: int -> str\n"
        "    what becomes of it?  write a migration\n"
        "  `log`: list[str] is dropped\n"
        '    it may be lost?  @drops("log")  above `class Counter`\n'
        "or write the migration in the file of the new version; so far it is\n"
        "\n"
        f"    import {old}\n"
        "\n"
        "    @migration\n"
        f"    def migrate(was: {old}.Counter) -> Counter:\n"
        "        return Counter(\n"
        "            count=...,  # from was.count: int -> str\n"
        "            # limit: bool is new and starts with its default\n"
        "        )"
    )


def test_the_way_back_travels_with_the_upgrade() -> None:
    ends = between(a("count: int = 0"), a("count: int = 0; more: int = 0"))
    assert ends.known is not None
    upgrade = cam.Upgrade(old=ends.known.cls, new=ends.new.cls).prepared().upgrade
    assert upgrade.downgrade is not None
    assert decode_program(upgrade.downgrade).methods[0].result is ends.old.state


ROUTE = "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass Route:\n"


def test_keys_that_hold_tuples_and_frozen_sets_are_carried_over() -> None:
    field = "fares: dict[Route, int] = {}; seen: set[tuple[tuple[int, ...], frozenset[str]]] = set()"
    old = a(field, ROUTE + "    stops: tuple[str, ...]")
    new = a(field, ROUTE + "    stops: tuple[str | None, ...]\n    days: frozenset[int] = frozenset({2, 1})")
    made = derived(old, new)
    was = ({(("a", "b"),): 1, ((),): 2}, {((1, 2), ("x", "y")): ()})
    becomes = ({((("str", "a"), ("str", "b")), (1, 2)): 1, ((), (1, 2)): 2}, {((1, 2), ("x", "y")): ()})
    assert ran(made.migration, was) == becomes
    assert made.downgrade is None, "two keys that differ in what is new would become one"


def test_members_that_are_frozen_sets_are_carried_over_where_something_in_them_changes() -> None:
    enum = "from enum import Enum\nclass Day(Enum):\n    MO = 1\n"
    made = derived(
        a("d: dict[frozenset[Day], int] = {}", enum), a("d: dict[frozenset[Day], int] = {}", enum + "    TU = 2")
    )
    assert ran(made.migration, ({(("MO", ()),): 1, (): 2},)) == ({(("MO", ()),): 1, (): 2},)
