from __future__ import annotations

from dataclasses import replace

import pytest

import camshaft as cam
from camshaft.bytecode.encoding import decode_program, program_id
from camshaft.bytecode.program import Program
from camshaft.bytecode.upgrade import decode_upgrade
from camshaft.evolution.upgrade import expected_version, written_downgrade
from camshaft.evolution.versions import is_version
from camshaft.language.compile import compile_migration
from generators import machines
from generators.shop import Shop, ShopV2, count_sales


class Till(cam.Machine):
    """A machine of another name than the shop's."""

    stock: dict[str, int] = {}


class Till2(cam.Machine, name="till"):
    """Its next version, which keeps its state and gains a field."""

    stock: dict[str, int] = {}
    limit: int = 10


@cam.migration
def without_limit(was: Till2) -> Till:
    return Till(stock=was.stock)


TILL = cam.compile_machine(Till)


def of_origin(program: Program, origin: str) -> Program:
    return replace(program, notes={"origin": origin})


def test_an_upgrade_expects_the_program_that_its_old_class_is_compiled_to() -> None:
    upgrade = decode_upgrade(cam.Upgrade(old=Till, new=Till2).encode())
    assert upgrade.machine == "till"
    assert upgrade.expected == program_id(cam.compile_machine(Till).program)


def test_what_another_compiler_made_of_the_same_source_is_expected_by_its_origin() -> None:
    ours, theirs = TILL, of_origin(machines.counter(), TILL.program.origin)
    assert is_version(ours, theirs)
    assert expected_version(ours, theirs) == TILL.program.origin
    assert expected_version(ours, TILL.program) == program_id(TILL.program)


def test_programs_without_an_origin_are_one_version_only_where_they_are_one_program() -> None:
    ours, theirs = replace(TILL, program=of_origin(TILL.program, "")), machines.counter()
    assert not is_version(ours, theirs)
    assert expected_version(ours, theirs) == program_id(TILL.program)


def test_the_bytes_of_an_upgrade_stay_the_same_and_those_of_another_differ() -> None:
    upgrade = cam.Upgrade(old=Till, new=Till2)
    running = of_origin(machines.counter(), cam.compile_machine(Till).program.origin)
    assert upgrade.encode(running) == upgrade.encode()
    assert cam.Upgrade(old=Till, new=Till2).encode() != upgrade.encode()


def test_two_classes_of_different_machines_are_no_upgrade() -> None:
    with pytest.raises(cam.Rejected, match=r'write `class Till\(Machine, name="shop"\)`'):
        cam.Upgrade(old=Shop, new=Till).encode()


def test_a_migration_between_other_classes_is_not_taken() -> None:
    upgrade = cam.Upgrade(old=Till, new=Till2, migrate=count_sales)  # type: ignore[arg-type]  # on purpose
    with pytest.raises(cam.Rejected, match="`count_sales` migrates Shop to ShopV2"):
        upgrade.encode()


def test_a_needed_migration_that_is_not_written_is_given_with_the_names_of_both_classes() -> None:
    with pytest.raises(cam.MigrationNeeded) as error:
        cam.Upgrade(old=Shop, new=ShopV2).plan()
    assert "`sold`: list[{sku: str, count: int}] is dropped" in str(error.value)
    assert "def migrate(was: Shop) -> ShopV2:" in str(error.value)


def test_a_plan_names_the_migration() -> None:
    text = cam.Upgrade(old=Shop, new=ShopV2, migrate=count_sales).plan().text()
    assert "migration: `count_sales`, as written" in text
    assert "migration: derived; total" in cam.Upgrade(old=Till, new=Till2).plan().text()
    text = cam.Upgrade(old=Till, new=Till2, downgrade=without_limit).plan().text()
    assert text.endswith("  way back:  rollback by `without_limit`, as written")


def test_a_downgrade_travels_with_the_upgrade() -> None:
    upgrade = decode_upgrade(cam.Upgrade(old=Till, new=Till2, downgrade=without_limit).encode())
    assert upgrade.downgrade is not None
    assert program_id(decode_program(upgrade.downgrade)) == program_id(compile_migration(without_limit).program)
    assert decode_upgrade(cam.Upgrade(old=Shop, new=ShopV2, migrate=count_sales).encode()).downgrade is None


def test_a_downgrade_between_other_classes_is_not_taken() -> None:
    with pytest.raises(cam.Rejected, match="`without_limit` migrates Till2 to Till, but a downgrade"):
        cam.Upgrade(old=Till2, new=Till, downgrade=without_limit, migrate=without_limit).encode()  # type: ignore[arg-type]


def test_of_several_downgrades_that_to_the_version_which_runs_is_taken() -> None:
    till, till2 = cam.compile_machine(Till), cam.compile_machine(Till2)
    back, elsewhere = compile_migration(without_limit), compile_migration(count_sales)
    assert written_downgrade([elsewhere, back], till2, till.program) is back
    assert written_downgrade([back], till2, till2.program) is back, "for the node to refuse, not to be left out"
    assert written_downgrade([elsewhere], till2, till.program) is None
