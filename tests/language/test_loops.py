"""`while`, `break`, `continue`, `else`: rounds mean what Python means by them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine, Refusal, simulate
from camshaft.errors import OutOfFuel
from camshaft.simulation import BACKENDS
from generators.differential import agree, call


class TooMany(Refusal):
    number: int


class Loops(Machine):
    count: int = 0
    queue: list[int] = [1, 2, 3]
    waiting: int | None = None

    def countdown(self, number: int) -> int:
        total = 0
        while number > 0:
            number -= 1
            if number == 3:
                continue
            if number == 7:
                break
            total += number
        else:
            total += 1000
        return total

    def returns_only_within(self, number: int) -> int:
        while True:
            number += 1
            self.count += 1
            if number > 5:
                return number

    def left_by_break(self, number: int) -> int:
        while 1:
            number += 1
            if number > 5:
                break
        return number

    def never_after(self, number: int) -> str:
        while True:
            if number > 3:
                raise TooMany(number=number)
            if number == 0:
                return "zero"
            number += 1

    def drain(self) -> int:
        total = 0
        while self.queue:
            total += self.queue[-1]
            del self.queue[-1]
        return total

    def narrowed(self, number: int | None) -> int:
        while number is None or number < 3:
            if number is None:
                number = 0
            else:
                number += 1
        return number + 1

    def narrowed_until(self, number: int | None) -> bool:
        while number is not None:
            if number > 5:
                number = None
            else:
                number += 1
        return True

    def field_narrowed(self, number: int) -> int:
        self.waiting = number
        rounds = 0
        while self.waiting is not None:
            rounds += self.waiting
            self.waiting = None if self.waiting > 3 else self.waiting + 1
        return rounds

    def condition_fails(self, number: int) -> int:
        while 10 // number > 1:
            number -= 1
            self.count += 1
        return number

    def _next(self) -> bool:
        self.count += 1
        return self.count % 5 != 0

    def condition_writes(self) -> int:
        rounds = 0
        while self._next():
            rounds += 1
        return rounds

    def nested(self, number: int) -> list[int]:
        found: list[int] = []
        outer = 0
        while outer < number:
            outer += 1
            inner = 0
            while True:
                inner += 1
                if inner == outer:
                    break
                if inner == 3:
                    found.append(-1)
                    break
            else:
                found.append(-100)  # type: ignore[unreachable]  # Python compiles what never runs, too
            for step in range(inner):
                if step == 2:
                    break
            else:
                continue
            found.append(outer)
        return found

    def searched(self, number: int) -> str:
        for one in self.queue:
            if one == number:
                answer = "found"
                break
        else:
            answer = "none"
        return answer

    def collects(self, number: int) -> list[list[int]]:
        rows: list[list[int]] = []
        while len(rows) < number:
            row = [len(rows)]
            rows.append(row)
        return rows

    def gcd(self, a: int, b: int) -> int:
        while b:
            a, b = b, a % b
        return a


SMALL = st.integers(-2, 9)


@given(SMALL, SMALL, st.none() | SMALL)
def test_while_loops(number: int, other: int, maybe: int | None) -> None:
    agree(
        Loops,
        call("countdown", number),
        call("returns_only_within", number),
        call("left_by_break", number),
        call("never_after", max(number, 0)),
        call("narrowed", maybe),
        call("narrowed_until", maybe),
        call("field_narrowed", number),
        call("condition_fails", number),
        call("condition_writes"),
        call("condition_writes"),
        call("nested", number),
        call("searched", number),
        call("collects", number),
        call("gcd", abs(number), abs(other)),
        call("drain"),
        call("drain"),
    )


class Endless(Machine):
    count: int = 0

    def spin(self) -> None:
        while True:
            self.count += 1


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_endless_loop_stops_with_the_fuel_and_changes_nothing(backend: str) -> None:
    machine = simulate(Endless, backend=backend)
    with pytest.raises(OutOfFuel):
        machine.spin()
    assert machine.count == 0
