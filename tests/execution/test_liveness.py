"""A slot that is said not to be read after an instruction is not: decided on what the instructions really do."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

from camshaft import Machine
from camshaft.bytecode.program import Parameter, Place
from camshaft.bytecode.verifier import verify
from camshaft.category import terms as t
from camshaft.category.assembler import MethodSource, ProgramSource, assemble
from camshaft.execution.compiler import Compiled
from camshaft.execution.interpreter import Interpreter
from camshaft.values.types import BOOL, INT, UNIT, List, Record
from generators.differential import agree, call
from generators.terms import handing_over


class Rows(Machine):
    kept: list[list[int]] = []
    last: list[int] = []

    def moved_in_a_branch(self, count: int) -> int:
        row: list[int] = []
        row.append(count)
        if count > 3:
            self.last = row
        else:
            row.append(7)
            self.kept.append(list(row))
        return len(self.last)

    def moved_and_read_in_the_next_round(self, count: int) -> int:
        row: list[int] = []
        total = 0
        for number in range(count):
            total += len(row)
            if number % 2 == 0:
                row = []
                row.append(number)
                row.append(number)
            elif number == 5:
                continue
            self.kept.append(list(row))
        return total

    def left_before_it_is_set(self, count: int) -> int:
        row: list[int] = []
        row.append(1)
        for number in range(count):
            if number == 2:
                break
            row = []
            row.append(number)
        self.last = row
        return count

    def set_in_a_loop_and_read_behind(self, count: int) -> int:
        row: list[int] = []
        for number in range(count):
            fresh: list[int] = []
            fresh.append(number)
            self.kept.append(fresh)
            fresh = []
            fresh.append(3)
            row = list(fresh)
        row.append(9)
        self.last = row
        return len(self.kept)


def test_a_moved_list_is_nobody_elses() -> None:
    for method in (
        "moved_in_a_branch",
        "moved_and_read_in_the_next_round",
        "left_before_it_is_set",
        "set_in_a_loop_and_read_behind",
    ):
        agree(Rows, *(call(method, count) for count in (0, 1, 2, 3, 5, 8)))


@given(handing_over())
@settings(max_examples=10 * settings().max_examples)
def test_a_list_that_changes_hands_is_never_shared(source: ProgramSource) -> None:
    verified = verify(assemble(source))
    interpreter, compiled = Interpreter(verified), Compiled(verified)
    for flags in ((False, False), (False, True), (True, False), (True, True)):
        state: Any = ([1], [2])
        cell = compiled.cell(state)
        # Twice, since what is shared after one step shows in the next.
        for _ in range(2):
            _, state = interpreter.step("m", flags, state)
            compiled.run("m", flags, cell)
            assert compiled.state_of(cell) == state


def test_a_list_that_leaves_a_block_early_is_not_moved_where_its_variable_lives_on() -> None:
    lists = Record((("a", List(INT)), ("b", List(INT))))
    local = Place(1)
    leave = t.If(t.Project("x"), t.compose(t.Get(local), t.Exit("out")), t.Fork(()))
    # The assignment behind the exit is skipped by it: it must not count as the end of what the variable held.
    block = t.Block("out", t.sequence(leave, t.operate(t.Put(local), t.Constant(List(INT), [9])), t.Get(local)))
    body = t.sequence(
        t.operate(t.Append(local), t.Constant(INT, 1)),
        t.operate(t.Put(Place(0, ("a",))), block),
        t.operate(t.Append(local), t.Constant(INT, 2)),
        t.operate(t.Put(Place(0, ("b",))), t.Get(local)),
    )
    method = MethodSource("m", (Parameter("x", BOOL),), UNIT, t.Locals(Record((("v", List(INT)),)), body))
    verified = verify(assemble(ProgramSource("p", lists, t.Constant(lists, ([], [])), (), (method,))))
    assert Compiled(verified).step("m", (True,), ([], [])) == ((), ([1], [1, 2]))
    assert Compiled(verified).step("m", (False,), ([], [])) == ((), ([9], [9, 2]))
