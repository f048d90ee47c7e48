"""The fuzz target for some seconds, and what it is made of. `make fuzz` runs a million rounds."""

from __future__ import annotations

from random import Random

import pytest

from camshaft.bytecode.encoding import encode_program
from camshaft.bytecode.instructions import INSTRUCTIONS, MNEMONICS
from camshaft.bytecode.program import Program
from camshaft.bytecode.text import assemble_text
from camshaft.bytecode.verifier import verify
from camshaft.execution.compiler import Compiled
from camshaft.execution.interpreter import Interpreter
from fuzz.corpus import corpus
from fuzz.judge import Failure, Step, agreed, check_apart
from fuzz.minimise import minimised
from fuzz.run import Failed, Report, run_epoch
from generators.mutations import Mutator, bodies, instructions

ROUNDS = 1_500
HANDS = 120
ADDS, SUBTRACTS = (
    f"camshaft 1\nmachine m\nstate Int\ninitial CONST 7: Int\ncommand go(x: Int) -> ()\n"
    f"    PUSH GET self SWAP FIELD x {operation} CAP PUT self\nquery other() -> Int GET self\n"
    for operation in ("ADD", "SUBTRACT")
)


@pytest.mark.parametrize("epoch", range(3))
def test_mutated_programs_raise_no_fault_and_both_executions_agree(epoch: int) -> None:
    report = Report()
    run_epoch(20, epoch, ROUNDS, report)
    assert not report.failures, report.failures[0].report()
    assert report.seen["mutated"] == ROUNDS
    # Were most of them rejected, this would say little about what verifies.
    assert report.seen["verified"] > ROUNDS // 10
    assert {"step returned", "step refused", "step trapped", "step out of fuel", "rejected"} <= set(report.seen)


def test_containers_that_change_hands_have_one_owner_each() -> None:
    report = Report()
    run_epoch(21, 0, HANDS, report, target="ownership")
    assert not report.failures, report.failures[0].report()
    assert report.seen["verified"] > HANDS // 3
    assert {"step returned", "step trapped", "step out of fuel"} <= set(report.seen)


def test_a_container_at_two_places_is_noticed() -> None:
    adds = verify(assemble_text(ADDS))
    step = Step(adds.program.methods[0], (2,), 5, 100)
    row = [1]
    with pytest.raises(Failure, match="at two places"):
        check_apart(step, (row, [row]), ("returned", ()))
    with pytest.raises(Failure, match="is elsewhere"):
        check_apart(step, (row, []), ("returned", row))


def test_an_epoch_is_the_same_each_time() -> None:
    first, second = Report(), Report()
    run_epoch(3, 1, 150, first)
    run_epoch(3, 1, 150, second)
    assert first.seen == second.seen


def test_the_corpus_has_every_instruction() -> None:
    codes = [part for verified in corpus() for body in bodies(verified) for part in body.parts]
    assert {part[0] for part in codes} == set(INSTRUCTIONS)


def test_mutations_reach_every_part_of_a_program() -> None:
    verified = next(each for each in corpus() if each.program.functions and each.program.pools.refusals)
    mutator = Mutator(Random(1), bodies(verified))
    mutants = [mutator.mutated(verified) for _ in range(500)]
    program = verified.program
    for part in ("name", "state", "initial", "functions", "methods", "pools"):
        assert any(getattr(mutant, part) != getattr(program, part) for mutant in mutants), part


def test_executions_that_disagree_are_noticed() -> None:
    adds, subtracts = verify(assemble_text(ADDS)), verify(assemble_text(SUBTRACTS))
    step = Step(adds.program.methods[0], (2,), 5, 100)
    compiled = Compiled(adds)
    assert agreed(step, Interpreter(adds), [(compiled, compiled.cell(5))]) == (("returned", (), 7), 7)
    with pytest.raises(Failure, match=r"compiled .* interpreter"):
        agreed(step, Interpreter(subtracts), [(compiled, compiled.cell(5))])
    with pytest.raises(Failure, match="the cell holds"):
        agreed(step, Interpreter(adds), [(compiled, compiled.cell(6))])


def test_a_failing_program_is_made_smaller() -> None:
    subtract = MNEMONICS["SUBTRACT"].opcode

    def fails(program: Program) -> bool:
        codes = [method.code for method in program.methods]
        return any(part[0] == subtract for code in codes for part in instructions(code))

    smallest = minimised(assemble_text(SUBTRACTS), fails)
    assert [method.code for method in smallest.methods] == [(subtract,)]


def test_a_failure_tells_how_to_have_it_again() -> None:
    data = encode_program(assemble_text(ADDS))
    report = Failed(3, 1, 12, Failure("disagree", "one says this, one that"), data).report()
    assert "--seed 3 --epoch 1, round 12" in report
    assert data.hex() in report
    assert "one says this, one that" in report
    assert "PUT self" in report
