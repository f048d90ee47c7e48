"""A map that is said to move can be moved in parts: they are what the whole would be."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from camshaft.bytecode.movement import Moved, moved_maps
from camshaft.bytecode.program import Program
from camshaft.bytecode.upgrade import MIGRATION_METHOD
from camshaft.bytecode.verifier import Verified, verify
from camshaft.execution.interpreter import Interpreter
from camshaft.language.compile import compile_migration
from camshaft.values.check import zero
from generators import stores
from generators.moving import STATE, migrations, was
from generators.types import values


def migrated(verified: Verified, state: tuple[Any, ...]) -> tuple[Any, ...]:
    result: tuple[Any, ...] = Interpreter(verified).step(MIGRATION_METHOD, was(state), (), 10**9)[0]
    return result


def in_parts(verified: Verified, moves: tuple[Moved, ...], state: tuple[Any, ...], random: Random) -> tuple[Any, ...]:
    """What `migrated` gives, each of the maps by itself and a part of it at a time."""
    moved = {each.old for each in moves}
    rest = migrated(verified, tuple({} if at in moved else part for at, part in enumerate(state)))
    result = list(rest)
    for each in moves:
        entries = dict(state[each.old])
        keys = random.sample(list(entries), len(entries))
        done: dict[Any, Any] = {}
        while keys:
            some = {key: entries[key] for key in (keys.pop() for _ in range(random.randint(1, len(keys))))}
            needed = [state[at] if at in each.needs else zero(type_) for at, (_, type_) in enumerate(STATE.fields)]
            needed[each.old] = some
            done |= some if each.as_it_was else migrated(verified, tuple(needed))[each.new]
        result[each.new] = {key: done[key] for key in entries}
    return tuple(result)


@given(migrations(), values(STATE), st.randoms(use_true_random=False))
def test_moving_a_map_in_parts_gives_what_moving_it_whole_does(
    program: Program, state: tuple[Any, ...], random: Random
) -> None:
    verified = verify(program)
    if not verified.methods[MIGRATION_METHOD].code.effects.is_total:
        return
    moves = moved_maps(verified, MIGRATION_METHOD)
    event(f"moves {len(moves)}")
    whole, parts = migrated(verified, state), in_parts(verified, moves, state, random)
    assert parts == whole
    assert [list(part) for part in parts if isinstance(part, dict)] == [
        list(part) for part in whole if isinstance(part, dict)
    ]


def moves(migration: Any) -> list[tuple[int, int, bool, tuple[int, ...]]]:
    verified = verify(compile_migration(migration).program)
    return [(each.old, each.new, each.as_it_was, each.needs) for each in moved_maps(verified, MIGRATION_METHOD)]


def test_maps_move_whole_and_entry_by_entry() -> None:
    assert moves(stores.priced) == [(2, 0, True, ()), (0, 1, False, (3,)), (1, 2, True, ())]
    assert moves(stores.unpriced) == [(1, 0, False, ()), (2, 1, True, ()), (0, 2, True, ())]


def test_a_map_that_something_else_depends_on_does_not_move() -> None:
    assert moves(stores.counted) == [(1, 0, False, ())], "a choice for each entry, but no list of all names"
