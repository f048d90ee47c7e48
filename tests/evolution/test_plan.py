"""What a plan says, word for word, and what its words mean."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings

import camshaft as cam
from camshaft.bytecode.program import ConstantValue, Parameter, Program
from camshaft.bytecode.rollout import Rollout
from camshaft.category.assembler import MethodSource
from camshaft.category.terms import Project
from camshaft.evolution.changes import compare_interfaces, dropped, type_changes
from camshaft.evolution.derive import Ends, derive
from camshaft.evolution.plan import Plan, Rehearsed, Served
from camshaft.evolution.reading import unread
from camshaft.evolution.reversibility import Reversibility, of_derived, worst
from camshaft.evolution.versions import short
from camshaft.language.compile import compile_machine, compile_migration
from camshaft.values.types import INT, STR, List, Map, Record, Set, Variant
from generators import machines
from generators.versions import Versions, versions

HEAD = """
from dataclasses import dataclass
from typing import Annotated
from camshaft import Machine, Refusal, drops, migration, was
"""
OLD = """
@dataclass(frozen=True)
class Line:
    sku: str
    price: int
    legacy: int = 0

class Full(Refusal):
    most: int

class Till(Machine):
    lines: list[Line] = []
    sum: int = 0

    def sell(self, sku: str, price: int) -> int:
        if len(self.lines) > 100:
            raise Full(100)
        self.lines.append(Line(sku, price))
        self.sum += price
        return self.sum

    def close(self) -> None:
        self.sum = 0
"""
NEW = """
@drops("legacy")
@dataclass(frozen=True)
class Line:
    sku: str
    price: int | None

class Full(Refusal):
    most: int
    why: str

class Till(Machine):
    lines: list[Line] = []
    total: Annotated[int, was("sum")] = 0
    open: bool = True

    def sell(self, sku: str, price: int) -> int:
        if len(self.lines) > 100:
            raise Full(100, "many")
        self.lines.append(Line(sku, price))
        self.total += price
        return self.total
"""
WRITTEN = """
old = sys.modules["till_before"]

@migration
def shorten(was: old.Till) -> Till:
    assert was.sum >= 0
    return Till(lines=[Line(one.sku, one.price) for one in was.lines], total=was.sum)
"""


SELL = "sell(sku: str, price: int) -> int refuses Full"


def planned(old: str, new: str) -> Plan:
    (before,) = cam.compile_source(HEAD + old, name="before")
    (after,) = cam.compile_source(HEAD + new, name="after")
    return cam.Upgrade(old=before, new=after).plan()


def test_a_plan_of_a_derived_migration() -> None:
    plan = planned(OLD, NEW)
    module = plan.python()[0].removeprefix("import ")
    assert (
        plan.text()
        == f"""\
upgrade till {short(plan.old_id)} -> {short(plan.new_id)}
  state:
    ~ lines[].price: int -> int | None
    - lines[].legacy: int
    > total, which was sum
    + open: bool
  methods:
    ~ {SELL}  =>  {SELL}  (old clients: by a derived adapter)
    - close()  (old clients: not served)
  refusals:
    + Full.why: str
  migration: derived; total, it can fail on no state
      import {module}

      def to_line(was: {module}.Line) -> Line:
          # was.legacy is dropped
          return Line(sku=was.sku, price=was.price)


      @migration
      def migrate(was: {module}.Till) -> Till:
          return Till(
              lines=[to_line(one) for one in was.lines],
              total=was.sum,
              # open: bool is new and starts with its default
          )
  loses:
    - lines[].legacy
  class:     irreversible
  way back:  rollback by replay: the states as they are now, and the inputs from now on under the old version"""
    )


def rehearsed(
    *, waits: bool, held: int, given_back: int | None, migrates: bool = True, served: tuple[Served, ...] = ()
) -> Rehearsed:
    """What a node finds out that has 3,000 instances, of which it has tried 1,000 in 2 ms."""
    return Rehearsed(3000, 1000, 2000, migrates, waits, held, given_back, served)


def test_what_a_node_found_out_is_in_the_plan() -> None:
    plan = planned("class A(Machine):\n    n: int = 0\n", "class A(Machine):\n    n: int = 0\n    m: int = 0\n")
    assert plan.reversibility is Reversibility.UNTIL_LOSS
    served = (Served("a" * 64, 3, {"add": "there is no method add"}),)
    found = plan.with_rehearsal(rehearsed(waits=True, held=30, given_back=1000, served=served))
    assert found.text().splitlines()[-7:] == [
        "  instances: 3000, migrated beforehand in 6.0 ms, while inputs go on",
        "  held:      30, which changed meanwhile: inputs wait for about 60 µs",
        "  downgrade: gave back 1000 of 1000 states exactly as they were",
        "  clients:   of aaaaaaaaaaaa: 2 of 3 methods as before",
        "    - there is no method add",
        "  class:     reversible until first loss",
        "  way back:  rollback by the downgrade that was derived with it",
    ]
    data = found.json()
    assert data["node"] == {
        "instances": 3000,
        "work_us": 6000,
        "pause_us": 60,
        "held": 30,
        "sample": 1000,
        "given_back": 1000,
        "served": [{"id": "a" * 64, "methods": 3, "broken": {"add": "there is no method add"}}],
    }
    assert (data["version"], data["class"]) == (1, "reversible until first loss")
    calm = plan.with_rehearsal(rehearsed(waits=True, held=0, given_back=1000))
    assert "  held:      none as of now: inputs wait for those that change meanwhile\n" in calm.text()
    checked = plan.with_rehearsal(rehearsed(waits=True, held=0, given_back=None, migrates=False))
    assert "  instances: 3000, checked beforehand in 6.0 ms, while inputs go on\n" in checked.text()
    less = plan.with_rehearsal(rehearsed(waits=False, held=0, given_back=999))
    assert less.reversibility is Reversibility.IRREVERSIBLE
    assert "  instances: 3000, each at its next use, 6.0 ms in all; nobody waits\n" in less.text()


def test_what_a_written_migration_never_reads_is_lost() -> None:
    (before,) = cam.compile_source(HEAD + OLD, name="till_before")
    text = "import sys\n" + HEAD + NEW + WRITTEN.replace("till_before", before.__module__)
    (after,) = cam.compile_source(text, name="after")
    plan = cam.Upgrade(old=before, new=after, migrate=sys.modules[after.__module__].shorten).plan()
    assert plan.loses == ("lines[].legacy",)
    assert not plan.total
    assert "  migration: `shorten`, as written; partial, it may fail on an instance\n      @migration\n" in plan.text()
    assert plan.reversibility is Reversibility.IRREVERSIBLE


def test_a_change_of_rules_leaves_state_and_methods_as_they_are() -> None:
    plan = planned("class A(Machine):\n    n: int = 0\n", "class A(Machine):\n    n: int = 1\n")
    assert "  state:     unchanged\n  methods:   unchanged\n  migration: not needed" in plan.text()
    assert plan.reversibility is Reversibility.REVERSIBLE


@settings(max_examples=25, deadline=None)
@given(versions())
def test_what_was_said_to_be_dropped_is_what_is_lost(pair: Versions) -> None:
    (before,), (after,) = cam.compile_source(pair.old, name="before"), cam.compile_source(pair.new, name="after")
    old, new = compile_machine(before), compile_machine(after)
    derived = derive(Ends(old.program, new, old))
    lost = dropped(derived.carry)
    assert bool(lost) == pair.loses
    assert (of_derived(derived) is Reversibility.IRREVERSIBLE) == pair.loses
    (pasted,) = cam.compile_source(pair.new + "\n\n" + "\n".join(derived.python()) + "\n", name="pasted")
    never_read = unread(compile_migration(sys.modules[pasted.__module__].migrate).source)
    for path in lost:
        assert any(path.startswith(each) for each in never_read), (path, never_read)


A, B = Record([("n", INT)]), Record([("n", STR), ("m", INT)])


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (List(A), List(B), ["~ x[].n: int -> str", "+ x[].m: int"]),
        (Map(STR, A), Map(INT, A), ["~ x[key]: str -> int"]),
        (Set(STR), List(STR), ["~ x: set[str] -> list[str]"]),
        (
            Variant([("A", A)]),
            Variant([("A", B), ("C", Record(()))]),
            ["~ x(A).n: int -> str", "+ x(A).m: int", "+ x(C)"],
        ),
        (Record([("a", INT), ("b", INT)]), Record([("b", INT), ("a", INT)]), ["= x: in another order"]),
        (A, A, []),
    ],
)
def test_differences_have_the_paths_that_lead_to_them(old: Any, new: Any, says: list[str]) -> None:
    assert [str(change) for change in type_changes(Record([("x", old)]), Record([("x", new)]))] == says


def test_another_default_of_a_parameter_changes_the_interface() -> None:
    def with_default(value: int) -> Program:
        parameter = Parameter("n", INT, ConstantValue(INT, value))
        return machines.counter(extra=(MethodSource("by", (parameter,), INT, Project("n")),))

    assert compare_interfaces(with_default(1), with_default(2)).changed == ("by",)
    assert compare_interfaces(with_default(1), with_default(1)).none


def test_the_class_of_several_upgrades_is_that_of_the_worst() -> None:
    assert worst([Reversibility.REVERSIBLE, Reversibility.UNTIL_LOSS]) is Reversibility.UNTIL_LOSS
    assert worst([]) is Reversibility.REVERSIBLE


def test_how_an_upgrade_is_rolled_out_is_in_the_plan() -> None:
    plan = planned("class A(Machine):\n    n: int = 0\n", "class A(Machine):\n    n: int = 0\n    m: int = 0\n")
    assert plan.json()["rollout"] is None
    trial = Rollout.trial(timedelta(minutes=10))
    rolled_out = replace(plan, rollout=trial)
    assert rolled_out.json()["rollout"] == {
        "shares": (1_000_000,),
        "period": 600_000_000,
        "traps": 0,
        "refusals": 0,
        "enough": 100,
        "different": (),
    }
    assert rolled_out.text() == f"{plan.text()}\n  rollout:   {trial.text()}"
