from __future__ import annotations

from camshaft.bytecode.encoding import program_id
from camshaft.bytecode.program import ConstantValue, Parameter, Program
from camshaft.category.assembler import MethodSource
from camshaft.category.terms import Project
from camshaft.evolution.changes import compare_interfaces, compare_states
from camshaft.evolution.plan import MigrationOrigin, Plan
from camshaft.evolution.versions import short
from camshaft.values.types import INT, Record
from generators import machines


def plan(old: Program, new: Program, migration: MigrationOrigin, name: str | None = None) -> Plan:
    assert isinstance(old.state, Record)
    assert isinstance(new.state, Record)
    return Plan(
        machine=new.name,
        old=old,
        new=new,
        old_id=program_id(old),
        new_id=program_id(new),
        state=compare_states(old.state, new.state),
        interface=compare_interfaces(old, new),
        migration=migration,
        migration_name=name,
    )


def test_a_plan_shows_fields_methods_migration_and_instances() -> None:
    old, new = machines.counter(), machines.counter_v2()
    text = plan(old, new, MigrationOrigin.WRITTEN, "split").with_instances(3).text()
    assert text == (
        f"upgrade counter {short(program_id(old))} -> {short(program_id(new))}\n"
        "  state:\n"
        "    + old: Int\n"
        "      count: Int\n"
        "  methods:\n"
        "    + old() -> Int\n"
        "    ~ add(n: Int)  =>  add(n: Int, why: Str)  (old clients: not served)\n"
        "    - refuse()  (old clients: not served)\n"
        "    - trap()  (old clients: not served)\n"
        "  migration: `split`, as written\n"
        "  instances: 3, all at once\n"
        "  way back:  rollback by replay: the states as they are now, and the inputs from now on under the old version"
    )


def test_what_a_written_migration_drops_is_shown() -> None:
    text = plan(machines.counter_v2(), machines.counter(), MigrationOrigin.WRITTEN).text()
    assert "    - old: Int\n" in text


def test_a_change_of_rules_leaves_state_and_methods_as_they_are() -> None:
    text = plan(machines.counter(), machines.counter(step=2), MigrationOrigin.NOT_NEEDED).text()
    assert "  state:     unchanged\n  methods:   unchanged\n  migration: not needed" in text


def test_another_default_of_a_parameter_changes_the_interface() -> None:
    def with_default(value: int) -> Program:
        parameter = Parameter("n", INT, ConstantValue(INT, value))
        return machines.counter(extra=(MethodSource("by", (parameter,), INT, Project("n")),))

    assert compare_interfaces(with_default(1), with_default(2)).changed == ("by",)
    assert compare_interfaces(with_default(1), with_default(1)).changed == ()
