from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.bytecode.encoding import encode_program
from camshaft.bytecode.verifier import load
from camshaft.evolution.derive import MigrationNeeded, Names, derive_migration
from camshaft.execution.interpreter import Interpreter
from camshaft.values.types import BOOL, INT, STR, List, Record, Type
from generators.types import types, values

OLD = Record([("count", INT), ("log", List(STR))])


def derived(old: Record, new: Record, initial: tuple[Any, ...]) -> Any:
    return derive_migration(Names("counter", "counter_old.Counter", "Counter"), old, new, initial)


def migrated(old: Record, new: Record, initial: tuple[Any, ...], state: tuple[Any, ...]) -> Any:
    program = derived(old, new, initial)
    # As at a node: the migration arrives as bytes and is verified before it runs.
    result, _ = Interpreter(load(encode_program(program))).step("migrate", (state,), ())
    return result


def test_a_new_field_takes_its_default_and_the_others_carry_over() -> None:
    new = Record([("limit", INT), ("count", INT), ("log", List(STR))])
    assert migrated(OLD, new, (100, 0, []), (7, ["a"])) == (100, 7, ["a"])


def test_fields_in_another_order_find_their_places() -> None:
    assert migrated(OLD, Record(reversed(OLD.fields)), ([], 0), (7, ["a"])) == (["a"], 7)


def test_a_state_of_the_same_type_needs_no_migration() -> None:
    assert derived(OLD, OLD, (0, [])) is None


@st.composite
def widenings(draw: st.DrawFn) -> tuple[Record, Record, tuple[Any, ...], tuple[Any, ...]]:
    """An old state type, a new one with more fields in any order, the new initial state, and an old state."""
    names = draw(st.lists(st.from_regex(r"[a-z_]{1,5}", fullmatch=True), unique=True, max_size=6))
    fields: list[tuple[str, Type]] = [(name, draw(types())) for name in names]
    new = Record(fields)
    kept = draw(st.sets(st.sampled_from(names)) if names else st.just(set()))
    old = Record(draw(st.permutations([field for field in fields if field[0] in kept])))
    return old, new, draw(values(new)), draw(values(old))


@given(widenings())
def test_every_kept_field_keeps_its_value_and_every_new_one_has_its_default(
    case: tuple[Record, Record, tuple[Any, ...], tuple[Any, ...]],
) -> None:
    old, new, initial, state = case
    expected = tuple(
        state[old.positions[label]] if label in old.positions else default
        for (label, _), default in zip(new.fields, initial, strict=True)
    )
    actual = state if derived(old, new, initial) is None else migrated(old, new, initial, state)
    assert actual == expected


@pytest.mark.parametrize(
    ("new", "initial", "says"),
    [
        (Record([("count", INT)]), (0,), "dropped: `log`: List[Str]"),
        (Record([("count", STR), ("log", List(STR))]), ("", []), "changed: `count`: Int -> Str"),
        (Record([("total", INT), ("log", List(STR))]), (0, []), "was `count` renamed to `total`?"),
    ],
)
def test_what_only_a_person_can_decide_is_an_error_that_names_the_fields(
    new: Record, initial: tuple[Any, ...], says: str
) -> None:
    with pytest.raises(MigrationNeeded) as error:
        derived(OLD, new, initial)
    assert says in str(error.value)


def test_the_error_gives_the_migration_to_write() -> None:
    new = Record([("count", STR), ("limit", BOOL)])
    with pytest.raises(MigrationNeeded) as error:
        derived(OLD, new, ("", False))
    assert str(error.value) == (
        "the state of counter changed in a way that only you can decide, and no migration is written\n"
        "  dropped: `log`: List[Str]\n"
        "  changed: `count`: Int -> Str\n"
        "  new:     `limit`: Bool\n"
        "write the migration in the file of the new version:\n"
        "\n"
        "    import counter_old  # a file of the version that runs\n"
        "\n"
        "    @migration\n"
        "    def migrate(was: counter_old.Counter) -> Counter:\n"
        "        return Counter(\n"
        "            count=...,  # from was.count: Int -> Str\n"
        "            # limit=...,\n"
        "        )\n"
        "        # was.log is lost unless you use it"
    )
