"""What generated code leaves out, and that leaving it out changes nothing: each case runs on both executions."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camshaft import Machine, simulate
from camshaft.bytecode.text import assemble_text
from camshaft.bytecode.verifier import verify
from camshaft.category.assembler import ProgramSource, assemble
from camshaft.errors import OutOfFuel, Refused, Trap
from camshaft.execution.compiler import Compiled
from camshaft.execution.interpreter import DEFAULT_FUEL, Interpreter
from camshaft.language.programs import compile_machine
from camshaft.values.codec import encode
from generators.differential import agree, call
from generators.terms import failing_between

TOO_LARGE = 2**4096


class Shelf(Machine):
    lines: dict[str, int] = {}
    total: int = 0
    names: list[str] = []

    def fill(self, names: list[str]) -> None:
        for name in names:
            self.lines[name] = len(name)

    def drop(self, name: str, price: int) -> None:
        del self.lines[name]
        self.total += price

    def drop_and_look(self, name: str, other: str) -> int:
        del self.lines[name]
        return self.lines[other]

    def put_and_count(self, name: str, price: int) -> None:
        self.lines[name] = price
        self.total += price

    def count_to(self, stop: int) -> int:
        count = 0
        for number in range(stop):
            if number == 7:
                continue
            if number > 20:
                break
            count += 1
        return count

    def double(self, times: int) -> int:
        number = 1
        for _ in range(times):
            number = number + number
        return number

    def last_of(self, numbers: list[int]) -> int:
        if numbers:
            last = numbers[-1]
        else:
            last = -1
        return last

    def sum_of(self, numbers: list[int]) -> int:
        total = 0
        for number in numbers:
            total += number
        return total

    def built(self, count: int) -> int:
        rows: list[list[int]] = []
        for number in range(count):
            row: list[int] = []
            row.append(number)
            rows.append(row)
        for row in rows:
            count += len(row)
        return count

    def swap(self, name: str) -> int:
        before = self.total
        self.total = 1
        return before


def source(method: str) -> str:
    return Compiled(verify(compile_machine(Shelf).program)).methods[method].source


def test_a_deletion_that_only_a_later_check_could_take_back_copies_nothing() -> None:
    assert "copy" not in source("drop")
    agree(Shelf, call("fill", ["a", "b", "c"]), call("drop", "b", 3), call("drop", "b", 3), call("drop", "a", 1))


def test_a_deletion_whose_check_fails_afterwards_changes_nothing() -> None:
    for backend in ("compiled", "interpreter"):
        shelf = simulate(Shelf, backend=backend, lines={"a": 1, "b": 2, "c": 3}, total=TOO_LARGE - 1)
        with pytest.raises(Trap):
            shelf.drop("a", 1)
        assert list(shelf.lines.items()) == [("a", 1), ("b", 2), ("c", 3)]
        assert shelf.total == TOO_LARGE - 1


def test_a_deletion_before_a_look_at_the_same_map_is_taken_back_in_its_order() -> None:
    assert "copy" in source("drop_and_look")
    agree(Shelf, call("fill", ["a", "b", "c"]), call("drop_and_look", "a", "x"), call("drop_and_look", "a", "b"))


def test_a_write_that_nothing_can_fail_after_is_not_recorded() -> None:
    assert "u = " not in source("put_and_count")
    agree(Shelf, call("put_and_count", "a", 1), call("put_and_count", "a", 2))


def test_a_counter_is_not_checked_for_its_size_and_a_doubled_number_is() -> None:
    assert "capped" not in source("count_to")
    assert "capped" in source("double")
    agree(Shelf, call("count_to", 0), call("count_to", 9), call("count_to", 100), call("double", 500))


def test_continue_and_break_are_those_of_python() -> None:
    text = source("count_to")
    assert "while" not in text
    assert "break" in text


def test_what_is_set_again_on_every_way_is_not_set_before() -> None:
    assert "v1 = 0" not in source("last_of")
    assert "v1 = 0" in source("sum_of")
    agree(Shelf, *(call(method, values) for method in ("last_of", "sum_of") for values in ([], [1], [1, 5])))


def test_the_only_loop_of_a_step_subtracts_no_fuel() -> None:
    assert "fuel -=" not in source("count_to")
    assert "fuel -=" in source("built")


def test_a_loop_is_charged_to_the_unit_where_rounds_are_compared_with_a_limit() -> None:
    verified = verify(compile_machine(Shelf).program)
    interpreter, compiled = Interpreter(verified), Compiled(verified)
    method = compiled.methods["count_to"]
    (each,) = method.limits
    state = interpreter.initial_state()
    for fuel in range(method.cost + 3 * each - 2, method.cost + 3 * each + 2):
        for stop in (-1, 0, 2, 3, 4):
            outcomes = []
            for execution in (interpreter, compiled):
                try:
                    outcomes.append(str(execution.step("count_to", (stop,), state, fuel)))
                except OutOfFuel:
                    outcomes.append("out of fuel")
            assert outcomes[0] == outcomes[1]


def test_a_simulation_has_the_fuel_of_a_step() -> None:
    (each,) = (method := Compiled(verify(compile_machine(Shelf).program)).methods["count_to"]).limits
    most = (DEFAULT_FUEL - method.cost) // each
    for backend in ("compiled", "interpreter"):
        shelf = simulate(Shelf, backend=backend)
        assert shelf.count_to(most) == 20
        with pytest.raises(OutOfFuel):
            shelf.count_to(most + 1)


def test_a_local_list_that_is_not_read_again_is_moved() -> None:
    assert ".append(v" in source("built")
    agree(Shelf, call("built", 0), call("built", 3))


ROWS = """camshaft 1
machine m
state {rows: Map[Int, List[Int]]}
initial CONST {"rows": [[1, [1, 2]]]}: {rows: Map[Int, List[Int]]}
query root(row: Int, n: Int) -> Int
    PUSH FIELD row SWAP FIELD n INTEGER_ROOT GET self.rows[][]
query seventh(row: Int, n: Int) -> Int
    PUSH FIELD row SWAP PUSH CONST 7 SWAP FIELD n FLOOR_DIVIDE GET self.rows[][]
query nested(row: Int, n: Int) -> Int
    PUSH FIELD row SWAP PUSH CONST 1 SWAP FIELD n GET self.rows[][] GET self.rows[][]
"""


@pytest.mark.parametrize(
    ("method", "row", "n", "kind"),
    [
        ("root", 5, -1, "ValueError"),
        ("root", 5, 1, "KeyError"),
        ("root", 1, 9, "IndexError"),
        ("seventh", 5, 0, "ZeroDivisionError"),
        ("seventh", 1, 1, "IndexError"),
        ("nested", 5, 9, "IndexError"),
    ],
)
def test_of_two_operations_that_fail_the_first_one_is_told(method: str, row: int, n: int, kind: str) -> None:
    verified = verify(assemble_text(ROWS))
    for execution in (Compiled(verified), Interpreter(verified)):
        with pytest.raises(Trap) as trap:
            execution.step(method, (row, n), ({1: [1, 2]},))
        assert trap.value.kind == kind


def test_a_field_that_was_read_before_it_was_set_gives_the_old_value() -> None:
    agree(Shelf, call("drop", "x", 1), call("put_and_count", "a", 5), call("swap", "a"), call("swap", "a"))


@given(failing_between(), st.permutations(("x", "y", "z")))
@settings(max_examples=10 * settings().max_examples)
def test_a_step_that_fails_anywhere_leaves_each_map_in_its_order(source: ProgramSource, keys: list[str]) -> None:
    verified = verify(assemble(source))
    interpreter, compiled = Interpreter(verified), Compiled(verified)
    entries = {key: index for index, key in enumerate(keys)}
    for flags in ((False, False), (False, True), (True, False), (True, True)):
        state: Any = (dict(entries), dict(entries), 0)
        cell = compiled.cell(state)
        for _ in range(2):
            try:
                _, state = interpreter.step("m", flags, state)
                expected: object = None
            except (Refused, Trap) as error:
                expected = type(error)
            try:
                compiled.run("m", flags, cell)
                found: object = None
            except (Refused, Trap) as error:
                found = type(error)
            assert found == expected
            # By bytes: `==` does not see the order of a map.
            assert encode(verified.program.state, compiled.state_of(cell)) == encode(verified.program.state, state)
