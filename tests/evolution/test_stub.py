"""The types of a program as Python, when its source is gone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import camshaft as cam
from camshaft.bytecode.encoding import program_id
from camshaft.bytecode.program import Program
from camshaft.bytecode.verifier import verify
from camshaft.errors import Rejected
from camshaft.evolution.stub import stub_of
from camshaft.evolution.upgrade import prepare
from camshaft.execution.interpreter import Interpreter
from camshaft.language.compile import CompiledMachine, compile_file, compile_machine, compile_migration
from generators import machines
from generators.nodes import EXAMPLES

FILES = sorted(EXAMPLES.glob("*.py"))


def stub(program: Program) -> CompiledMachine:
    (cls,) = cam.compile_source(stub_of(program), name="stub")
    return compile_machine(cls)


def interface(program: Program) -> object:
    refusals = {one.name: one.payload for one in program.pools.refusals}
    return {
        method.name: (method.parameters, method.result, {name: refusals[name] for name in method.refusals})
        for method in program.methods
    }


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.stem))
def test_the_stub_of_every_example_has_its_state_its_methods_and_its_refusals(file: Path) -> None:
    for machine in compile_file(file).machines:
        found = stub(machine.program)
        assert found.program.state is machine.program.state
        assert found.version == program_id(machine.program)
        assert interface(found.program) == interface(machine.program)


def test_a_program_of_another_compiler_has_a_stub_as_well() -> None:
    program = machines.counter()
    assert stub(program).program.state is program.state


KEYS = """
from dataclasses import dataclass
from camshaft import Machine

@dataclass(frozen=True)
class Route:
    stops: tuple[str, ...]
    days: frozenset[int] = frozenset()

@dataclass(frozen=True)
class Pair:
    either: Route | tuple[int, ...] | frozenset[str] | None = None

class Depot(Machine):
    fares: dict[Route, int] = {Route(("a", "b"), frozenset({2, 1})): 3}
    last: Route = Route((), frozenset({7}))
    seen: set[tuple[frozenset[str], ...]] = {(frozenset({"x"}),), ()}
    pairs: dict[Pair, list[Pair]] = {Pair(("q" and None)): [Pair((1, 2)), Pair(frozenset({"a"}))]}
    bare: dict[str, tuple[int, ...] | None] = {"a": (1,), "b": None}

    def go(self, route: Route, keys: dict[tuple[int, ...], Route]) -> list[Pair]:
        return []
"""


def test_a_stub_has_the_types_of_keys_that_hold_tuples_and_frozen_sets() -> None:
    (cls,) = cam.compile_source(KEYS, name="depot")
    program = compile_machine(cls).program
    found = stub(program)
    assert found.program.state is program.state
    assert interface(found.program) == interface(program)
    one, other = (Interpreter(verify(each)).initial_state() for each in (program, found.program))
    assert other == one


OLD = """
from camshaft import Machine
class Counter(Machine):
    count: int = 3
    def get(self) -> int:
        return self.count
"""
NEW = """
import sys
from camshaft import Machine, migration
old = sys.modules["counter_gone"]
class Counter(Machine):
    counts: list[int] = []
    def get(self) -> int:
        return len(self.counts)
@migration
def migrate(was: old.Counter) -> Counter:
    return Counter(counts=[was.count])
"""


def test_a_migration_from_a_stub_is_one_from_the_version_that_runs() -> None:
    (old,) = cam.compile_source(OLD, name="counter_before")
    program = compile_machine(old).program
    cam.compile_source(stub_of(program), name="counter_gone")
    (new,) = cam.compile_source(NEW, name="counter_after")
    written = compile_migration(sys.modules[new.__module__].migrate)
    with cam.Node() as node:
        node.deploy(old)
        node.instance(old).get()  # type: ignore[attr-defined]  # made from a text
        upgrade = cam.Upgrade(old=written.old.cls, new=new, migrate=written.function)
        assert node.upgrade(upgrade).from_id == program_id(program)
        assert cam.state(node.instance(new)) == new(counts=[])


def test_nothing_runs_a_stub() -> None:
    (old,) = cam.compile_source(OLD)
    (cls,) = cam.compile_source(stub_of(compile_machine(old).program), name="stub")
    with pytest.raises(NotImplementedError):
        cls().get()  # type: ignore[attr-defined]  # as above
    with cam.Node() as node, pytest.raises(Rejected, match=r"is a stub of counter .* nothing runs it"):
        node.deploy(cls)
    with pytest.raises(Rejected, match="is a stub"):
        prepare(
            compile_machine(cls),
            machines.counter(),
            migration=None,
            expected="a" * 64,
            upgrade_id="b" * 32,
            known=compile_machine(old),
        )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('class A(Machine, version="12"):\n    n: int = 0\n', "a program's id has 64 hex digits"),
        (f'class A(Machine, version="{"a" * 64}"):\n    def f(self) -> int:\n        return 1\n', "has code"),
        (
            f'class A(Machine, version="{"a" * 64}"):\n    def f(self) -> None: raise NotImplementedError(int)',
            "`int` is no refusal",
        ),
    ],
)
def test_what_is_no_stub_is_refused(text: str, says: str) -> None:
    with pytest.raises(cam.CompileError, match=says):
        cam.compile_source("from camshaft import Machine\n" + text)
