"""A slot that is said not to be read after an instruction is not: decided on what the instructions really do."""

from __future__ import annotations

from camshaft import Machine
from generators.differential import agree, call


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
            row = fresh
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
