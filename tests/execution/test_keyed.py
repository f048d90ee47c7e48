"""A method that uses a map by key only does the same where something else answers for the map's entries."""

from __future__ import annotations

from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from camshaft.bytecode.occasion import Draws, Occasion
from camshaft.bytecode.program import Program
from camshaft.bytecode.verifier import verify
from camshaft.category.assembler import ProgramSource, assemble
from camshaft.errors import Refused, Trap
from camshaft.execution.compiler import Compiled, attributes
from camshaft.execution.keyed import KeyedFields
from camshaft.language.compile import compile_machine
from camshaft.values.codec import encode_raw
from camshaft.values.types import Map, Record
from generators import stores
from generators.terms import imperative_programs, programs
from generators.types import values


class ByKey:
    """A map of which nothing but single entries can be had."""

    __iter__ = None

    def __init__(self, entries: dict[Any, Any]) -> None:
        self.entries = entries

    def __getitem__(self, key: Any) -> Any:
        return self.entries[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self.entries[key] = value

    def __delitem__(self, key: Any) -> None:
        del self.entries[key]

    def __contains__(self, key: Any) -> bool:
        return key in self.entries

    def __len__(self) -> int:
        return len(self.entries)

    def get(self, key: Any, default: Any = None) -> Any:
        return self.entries.get(key, default)


def step(compiled: Compiled, name: str, arguments: tuple[Any, ...], cell: Any) -> Any:
    try:
        return compiled.run_on(Occasion(5, "key", Draws(b"seed")), name, arguments, cell, 10_000)
    except (Refused, Trap) as error:
        return type(error), str(error)


@given(programs() | imperative_programs(), st.data())
def test_a_map_that_is_used_by_key_may_be_anything_with_entries(source: ProgramSource, data: st.DataObject) -> None:
    program = assemble(source)
    compiled = Compiled(verify(program))
    state = program.state
    if not isinstance(state, Record):
        return
    names = attributes(state)
    keyed = KeyedFields(compiled, len(names))
    for method in program.methods:
        before = data.draw(values(state))
        arguments = data.draw(values(method.domain))
        plain, other = compiled.cell(before), compiled.cell(before)
        changed = [at for at in keyed.of(method.name) if isinstance(state.fields[at][1], Map)]
        event(f"maps by key: {len(changed)}")
        for at in changed:
            setattr(other, names[at], ByKey(getattr(other, names[at])))
        assert step(compiled, method.name, arguments, other) == step(compiled, method.name, arguments, plain)
        for at in changed:
            setattr(other, names[at], getattr(other, names[at]).entries)
        assert encode_raw(compiled.state_of(other)) == encode_raw(compiled.state_of(plain))


def keyed_by_method(machine: type[Any]) -> dict[str, list[int]]:
    program: Program = compile_machine(machine).program
    compiled = Compiled(verify(program))
    keyed = KeyedFields(compiled, 4)
    return {method.name: sorted(keyed.of(method.name)) for method in program.methods}


def test_what_reads_writes_and_deletes_entries_uses_maps_by_key() -> None:
    every = [0, 1, 2, 3]
    assert keyed_by_method(stores.Store) == {
        "put": every,
        "take": every,
        "note": every,
        "has": every,
        "names": [1, 2, 3],
    }
