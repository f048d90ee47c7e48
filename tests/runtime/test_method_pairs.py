"""A pair of methods gives what running the input under each version gives."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from camshaft.bytecode.encoding import encode_program
from camshaft.runtime.catalog import Catalog, Loaded
from camshaft.runtime.entries import Entries, Input
from camshaft.runtime.inputs import run_input
from camshaft.runtime.instances import Machine
from camshaft.runtime.method_pairs import pairs_of
from camshaft.values.check import zero
from camshaft.values.types import INT
from generators.machines import cart, dice
from generators.rollouts import IDS, PROGRAMS


def alone(loaded: Loaded, state: Any, method: str, arguments: tuple[Any, ...]) -> tuple[Any, Any]:
    machine = Machine(loaded.name, loaded)
    machine.add("ann", loaded.make_cell(state))
    entry = Input(loaded.name, "ann", method, arguments, loaded.id)
    outcome = run_input({loaded.name: machine}, Catalog(), entry, Entries(0, b"", [entry]), 0, 0)
    return outcome, dict(machine.states())["ann"]


@given(st.data(), st.integers(0, 7), st.integers(0, 3))
def test_a_pair_does_what_each_version_does(data: st.DataObject, count: int, many: int) -> None:
    catalog = Catalog()
    old, new = (catalog.load(encode_program(PROGRAMS[data.draw(st.sampled_from(sorted(IDS)))])) for _ in range(2))
    name = data.draw(st.sampled_from(sorted(pairs_of(old, new))))
    arguments = tuple(many if type_ is INT else zero(type_) for _, type_ in new.methods[name].domain.fields)
    states = [(0, count) if len(loaded.initial) == 2 else (count,) for loaded in (old, new)]
    cells = [loaded.make_cell(state) for loaded, state in zip((old, new), states, strict=True)]
    told, was = pairs_of(old, new)[name].run(arguments, cells[1], cells[0], 10_000_000)
    assert (told, new.state_of(cells[1])) == alone(new, states[1], name, arguments)
    assert (was, old.state_of(cells[0])) == alone(old, states[0], name, arguments)


def test_methods_that_take_something_else_or_ask_their_occasion_are_no_pairs() -> None:
    catalog = Catalog()
    ones, pairs = (catalog.load(encode_program(PROGRAMS[name])) for name in ("ones", "pairs"))
    assert sorted(pairs_of(ones, pairs)) == ["incr", "value"]
    rolls = catalog.load(encode_program(dice()))
    assert pairs_of(rolls, rolls) == {}
    goods = catalog.load(encode_program(cart()))
    assert sorted(pairs_of(goods, goods)) == ["left", "put", "take", "taken"]
