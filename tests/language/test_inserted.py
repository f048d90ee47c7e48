"""The name of an object that is inserted into a list stands for that element from then on."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine
from generators.differential import agree, call


@dataclass
class Job:
    number: int
    tries: list[int] = field(default_factory=list)


@dataclass
class Small:
    number: int
    count: int = 0


class Queue(Machine):
    jobs: list[Job] = []
    rows: dict[str, list[list[Job]]] = {"a": [[], [Job(0)]]}
    small: list[Small] = []
    made: int = 0

    def put(self, at: int) -> int:
        self.made += 1
        job = Job(self.made)
        self.jobs.insert(at, job)
        job.tries.append(at)
        self.jobs.append(Job(-1))
        job.number += 100
        return len(job.tries) + job.number

    def put_given(self, job: Job, at: int) -> int:
        self.jobs.insert(at, job)
        return job.number + len(self.jobs)

    def put_small(self, at: int, again: int) -> list[int]:
        one = Small(at)
        other = Small(again)
        self.small.insert(at, one)
        one.count += 1
        self.small.insert(again, other)
        number = one.number + one.count
        other.count += 2
        return [number, other.count]

    def put_deep(self, k: str, row: int, at: int) -> None:
        job = Job(at)
        self.rows[k][row].insert(10 // at, job)
        job.tries.append(row)

    def put_in_order(self, numbers: list[int]) -> None:
        for number in numbers:
            job = Job(number)
            index = 0
            while index < len(self.jobs) and self.jobs[index].number < number:
                index += 1
            self.jobs.insert(index, job)
            job.tries.append(index)

    def put_either(self, at: int, first: bool) -> int:
        job = Job(at)
        if first:
            self.jobs.insert(0, job)
        else:
            self.jobs.append(job)
        job.tries.append(1)
        return job.number


INDEXES = st.integers(-4, 4) | st.sampled_from([2**63, -(2**63), 2**70])


@given(st.lists(INDEXES, min_size=1, max_size=3), INDEXES, st.integers(-2, 2), st.lists(st.integers(0, 5), max_size=4))
def test_names_follow_what_is_inserted(indexes: list[int], at: int, row: int, numbers: list[int]) -> None:
    agree(
        Queue,
        *(call("put", index) for index in indexes),
        call("put_given", Job(7), at),
        call("put_small", indexes[0], at),
        call("put_small", at, indexes[0]),
        call("put_deep", "a", row, row),
        call("put_deep", "a", row, 3),
        call("put_deep", "b", row, row),
        call("put_in_order", numbers),
        call("put_either", at, row > 0),
    )
