"""The way through several versions: over each written migration once, derived where none is, as one upgrade."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

import camshaft as cam
from camshaft.bytecode.encoding import decode_program, encode_program, program_id
from camshaft.bytecode.rollout import Rollout
from camshaft.errors import Rejected
from camshaft.evolution.chain import ChainPlan, PreparedChain, Step, prepared_upgrade, steps_from
from camshaft.evolution.upgrade import PreparedUpgrade
from camshaft.journal.memory import MemoryJournal
from camshaft.language.compile import CompiledMachine, CompiledMigration, compile_migration
from camshaft.language.project import CompiledFile
from camshaft.runtime.entries import Input
from camshaft.runtime.replica import Replica
from generators import machines
from generators.chain_of_shops import (
    ShopV1,
    ShopV2,
    ShopV3,
    ShopV4,
    back_to_first,
    back_to_second,
    back_to_third,
    second,
    third,
)

V1, V2, V3, V4 = (cam.compile_machine(cls) for cls in (ShopV1, ShopV2, ShopV3, ShopV4))
ALL = [V1, V2, V3, V4]
FORWARD = [compile_migration(each) for each in (second, third)]
BACK = [compile_migration(each) for each in (back_to_first, back_to_second, back_to_third)]
ID = "a" * 32


def a_file(versions: list[CompiledMachine], migrations: list[CompiledMigration]) -> CompiledFile:
    return CompiledFile(Path("shop.py"), versions, migrations)


def test_the_way_goes_over_each_version_and_each_written_migration_once() -> None:
    first, then = FORWARD
    assert steps_from(V1.program, ALL, FORWARD) == [Step(V1, V2, first), Step(V2, V3, then), Step(V3, V4, None)]
    assert steps_from(V2.program, ALL, [*BACK, *FORWARD]) == [Step(V2, V3, then), Step(V3, V4, None)]
    assert steps_from(V3.program, ALL, FORWARD) == [Step(V3, V4, None)]


def test_a_written_migration_over_several_versions_is_the_shorter_way() -> None:
    direct = replace(FORWARD[0], new=V3)
    assert steps_from(V1.program, [V1, V2, V3], [direct, *FORWARD]) == [Step(V1, V3, direct)]


def test_versions_of_other_files_are_on_the_way_before_those_of_the_file() -> None:
    steps = steps_from(V1.program, [V3, V4], [*BACK[:1], *FORWARD])
    assert [(step.old.cls, step.new.cls) for step in steps] == [(ShopV1, ShopV2), (ShopV2, ShopV3), (ShopV3, ShopV4)]


def test_what_runs_has_to_be_one_of_the_versions_and_not_the_last() -> None:
    with pytest.raises(Rejected, match="and the file leads on from other versions"):
        steps_from(machines.counter(), ALL, FORWARD)
    with pytest.raises(Rejected, match="runs this program already"):
        steps_from(V4.program, ALL, FORWARD)


def running(counts: dict[str, int]) -> Replica:
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(V1.program))
    sold = [
        Input("chained-shop", key, "sell", (), program_id(V1.program)) for key, n in counts.items() for _ in range(n)
    ]
    replica.commit(sold)
    return replica


def states(replica: Replica) -> object:
    return dict(replica.engine.machines["chained-shop"].states())


def test_a_chain_is_one_upgrade_and_one_rollback_undoes_all_of_it() -> None:
    replica = running({"ann": 3, "bob": 1})
    before = states(replica)
    prepared = prepared_upgrade(a_file(ALL, [*FORWARD, *BACK]), ALL, V1.program, None, ID)
    assert isinstance(prepared, PreparedChain)
    done = replica.upgrade(prepared.encoded)
    assert (done.from_id, done.to_id, done.migrated) == (program_id(V1.program), program_id(V4.program), 2)
    assert states(replica) == {"ann": ([6], 10), "bob": ([2], 10)}
    checked = replica.engine.check_rollback("chained-shop")
    assert (checked.way, checked.undoable.before.id) == ("downgrade", program_id(V1.program))
    replica.rollback("b" * 32, "chained-shop", done.position, "downgrade")
    assert states(replica) == before


def test_a_chain_that_fails_in_any_step_changes_nothing() -> None:
    replica = running({"ann": 3, "bob": 60})
    before = states(replica)
    prepared = prepared_upgrade(a_file(ALL, FORWARD), ALL, V1.program, None, ID)
    with pytest.raises(
        Rejected, match="the migration fails on the instance chained-shop/bob: AssertionError: too much"
    ):
        replica.upgrade(prepared.encoded)
    assert states(replica) == before
    assert replica.engine.machines["chained-shop"].loaded.id == program_id(V1.program)


def test_a_chain_has_a_downgrade_only_where_each_of_its_steps_has_one() -> None:
    whole = prepared_upgrade(a_file(ALL, [*FORWARD, *BACK]), ALL, V1.program, None, ID)
    partly = prepared_upgrade(a_file(ALL, [*FORWARD, BACK[0], BACK[2]]), ALL, V1.program, None, ID)
    assert whole.upgrade.downgrade is not None
    assert decode_program(whole.upgrade.downgrade).methods[0].result is V1.program.state
    assert partly.upgrade.downgrade is None
    assert isinstance(whole.plan, ChainPlan)
    assert isinstance(partly.plan, ChainPlan)
    assert whole.plan.text().endswith("rollback by the downgrades of the steps, the last one first")
    assert partly.plan.text().endswith("rollback by replay")


def test_the_plan_of_a_chain_shows_each_step() -> None:
    prepared = prepared_upgrade(a_file(ALL, FORWARD), ALL, V1.program, None, ID)
    ids = " -> ".join(program_id(one.program)[:12] for one in ALL)
    lines = prepared.plan.text().splitlines()
    assert lines[0] == f"one upgrade through 4 versions, all or nothing: {ids}"
    assert [line for line in lines if line.startswith("upgrade ")] == [
        f"upgrade chained-shop {program_id(one.program)[:12]} -> {program_id(other.program)[:12]}"
        for one, other in pairwise(ALL)
    ]


def test_a_chain_may_be_rolled_out_and_its_plan_says_how() -> None:
    prepared = prepared_upgrade(a_file(ALL, FORWARD), ALL, V1.program, None, ID)
    trial = Rollout.trial(timedelta(minutes=10))
    rolled_out = prepared.rolled_out(trial)
    assert rolled_out.upgrade == replace(prepared.upgrade, rollout=trial)
    assert rolled_out.plan.text() == f"{prepared.plan.text()}\n  rollout:   {trial.text()}"
    assert prepared.plan.json()["rollout"] is None
    assert rolled_out.plan.json()["rollout"]["period"] == 600_000_000


def test_one_step_is_an_ordinary_upgrade() -> None:
    prepared = prepared_upgrade(a_file([V2], FORWARD[:1]), [V2], V1.program, None, ID)
    assert isinstance(prepared, PreparedUpgrade)
    assert prepared.upgrade.expected == program_id(V1.program)
    several = prepared_upgrade(a_file(ALL, FORWARD), ALL, V3.program, None, ID)
    assert isinstance(several, PreparedUpgrade)
    assert several.upgrade.expected == program_id(V3.program)


def test_a_version_that_nobody_knows_is_left_for_the_node_to_refuse_where_the_file_has_one_version() -> None:
    prepared = prepared_upgrade(a_file([V3], FORWARD[1:]), [V3], V4.program, None, ID)
    assert prepared.upgrade.expected == program_id(V2.program)


def test_what_is_expected_may_be_said() -> None:
    prepared = prepared_upgrade(a_file(ALL, FORWARD), ALL, V1.program, "c" * 64, ID)
    assert prepared.upgrade.expected == "c" * 64
