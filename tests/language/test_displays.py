"""Displays and comprehensions mean what Python means by them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine
from generators.differential import agree, call


class Comprehensions(Machine):
    table: dict[str, int] = {"a": 1, "b": -2, "c": 3}
    rows: list[list[int]] = [[1, 2], [], [3]]

    def squares(self, numbers: list[int]) -> list[int]:
        return [n * n for n in numbers if n > 0 if n != 2]

    def flat(self) -> list[int]:
        return [cell + len(row) for row in self.rows for cell in row if cell != 2]

    def product(self, limit: int) -> list[tuple[int, int]]:
        return [(i, j) for i in range(limit) if i != 1 for j in range(i)]

    def nested(self) -> list[list[int]]:
        return [[cell * 2 for cell in row] for row in self.rows]

    def mapped(self) -> dict[str, int]:
        return {key + "!": value for key, value in self.table.items() if value > 0}

    def collide(self, numbers: list[int]) -> dict[int, str]:
        return {number % 2: str(number) for number in numbers}

    def scope(self, n: int) -> tuple[list[int], int]:
        return [n for n in range(3)], n

    def over_locals(self, limit: int) -> int:
        evens = [n for n in range(limit) if n % 2 == 0]
        by_size = {n: [m for m in evens if m < n] for n in evens}
        total = 0
        for n, smaller in by_size.items():
            total += n * len(smaller)
        return total

    def traps_inside(self, numbers: list[int]) -> list[int]:
        return [6 // n for n in numbers]

    def keys_and_values(self) -> tuple[list[str], list[int], list[tuple[str, int]]]:
        return list(self.table), list(self.table.values()), list(self.table.items())


@given(st.lists(st.integers(-1, 3), max_size=4), st.integers(-1, 4))
def test_comprehensions_are_those_of_python(numbers: list[int], n: int) -> None:
    agree(
        Comprehensions,
        call("squares", numbers),
        call("flat"),
        call("product", n),
        call("nested"),
        call("mapped"),
        call("collide", numbers),
        call("scope", n),
        call("over_locals", n),
        call("traps_inside", numbers),
        call("keys_and_values"),
    )
