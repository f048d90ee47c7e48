"""Migrations: the same new state from the bytecode as from calling the function."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine, migration
from camshaft.bytecode.verifier import verify
from camshaft.execution.interpreter import Interpreter
from camshaft.language.compile import CompiledMigration, compile_migration
from camshaft.language.objects import to_value
from camshaft.values.types import UNIT


@dataclass(frozen=True)
class OldLine:
    sku: str
    quantity: int
    notes: list[str]


@dataclass(frozen=True)
class Line:
    quantity: int
    price: int | None
    notes: list[str]


class Cart(Machine):
    lines: dict[str, OldLine] = {}
    log: list[str] = []
    best: int | None = None
    size: int = 3


class Cart2(Machine, name="cart"):
    lines: dict[str, Line] = {}
    by_size: dict[int, list[str]] = {}
    log: list[str] = []
    best: int = 0
    ratio: int = 1
    size: int = 0


@migration
def rebuild(was: Cart) -> Cart2:
    lines = {key: Line(line.quantity, None, line.notes) for key, line in was.lines.items() if line.quantity > 0}
    by_size: dict[int, list[str]] = {}
    for key, line in was.lines.items():
        if line.quantity not in by_size:
            by_size[line.quantity] = []
        by_size[line.quantity].append(key)
    best = 0 if was.best is None else was.best + 1
    return Cart2(
        best=best, lines=lines, by_size=by_size, log=was.log, ratio=len(was.log) // was.size, size=len(was.lines)
    )


@migration
def back(old: Cart2) -> Cart:
    assert old.best >= 0, "negative"
    lines: dict[str, OldLine] = {}
    for key, line in old.lines.items():
        lines[key] = OldLine(notes=line.notes, sku=key, quantity=line.quantity)
    if old.best == 0:
        return Cart(lines=lines, log=old.log)
    return Cart(lines=lines, log=[], best=old.best)


NOTES = st.lists(st.sampled_from(["a", "b"]), max_size=2)
LINES = st.dictionaries(st.sampled_from(["x", "y", "z"]), st.builds(OldLine, st.just("s"), st.integers(-1, 2), NOTES))


def migrated(compiled: CompiledMigration, was: Machine) -> object:
    verified = verify(compiled.program)
    value = to_value(compiled.old.state_type_py, was)
    result, _ = Interpreter(verified).step("migrate", (value,), ())
    return result


@given(LINES, NOTES, st.none() | st.integers(-1, 3), st.integers(0, 2))
def test_a_migration_gives_what_the_function_gives(
    lines: dict[str, OldLine], log: list[str], best: int | None, size: int
) -> None:
    was = Cart(lines=lines, log=log, best=best, size=size)
    pairs: list[tuple[Any, Machine]] = [(rebuild, was), (back, rebuild(copy.deepcopy(was)) if size else Cart2(best=-1))]
    for function, given_ in pairs:
        compiled = compile_migration(function)
        try:
            expected = function(copy.deepcopy(given_))
        except (ZeroDivisionError, AssertionError) as error:
            try:
                migrated(compiled, given_)
            except type(error):
                continue
            raise AssertionError("the bytecode did not trap") from error
        assert migrated(compiled, given_) == to_value(compiled.new.state_type_py, expected)


def test_a_migrations_program_has_the_shape_that_upgrades_need() -> None:
    compiled = compile_migration(back)
    program = compiled.program
    assert (program.name, program.state) == ("migration", UNIT)
    (method,) = program.methods
    assert method.name == "migrate"
    assert [(one.name, one.type) for one in method.parameters] == [("was", compiled.old.program.state)]
    assert method.result is compiled.new.program.state
    assert not method.refusals
