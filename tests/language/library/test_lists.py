"""The methods of lists and tuples, of the state's and of a method's own."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine, Refusal
from generators.differential import agree, call


@dataclass(frozen=True)
class Job:
    name: str
    rank: int


class NoJob(Refusal):
    pass


class Lists(Machine):
    xs: list[int] = []
    rows: list[list[int]] = []
    lots: dict[str, list[int]] = {}
    jobs: list[Job] = []
    count: int = 0

    def _next(self) -> int:
        self.count += 1
        return self.count

    def _rank(self, job: Job) -> int:
        return job.rank

    def pops(self) -> tuple[int, int]:
        return self.xs.pop(), self.xs.pop(0)

    def pop_at(self, i: int) -> int:
        self.count += 1
        x = self.xs.pop(i)
        return x + len(self.xs)

    def pop_and_forget(self) -> None:
        self.xs.pop()

    def pop_in_order(self) -> int:
        return self.count * 100 + self.xs.pop() * 10 + self._next() - self.xs.pop(self._next() - 2)

    def pop_if(self) -> int | None:
        return self.xs.pop() if self.xs else None

    def pop_row(self) -> list[int]:
        row = self.rows.pop()
        row.append(len(self.rows))
        return row

    def pop_nested(self, name: str, i: int) -> int:
        return self.lots[name].pop(i)

    def pop_of_popped(self) -> int:
        row = self.rows.pop()
        return row.pop()

    def pop_into(self) -> None:
        self.rows.append([self.xs.pop(), self.xs.pop()])
        self.lots["z"] = [self.xs.pop()]

    def own(self, n: int) -> int:
        stack = [1, 2, n]
        total = stack.pop() * 2
        total += stack.pop(0)
        while stack and total < 10:
            total += stack.pop() + len(stack)
        return total + (stack.pop() if stack else 100)

    def own_in_order(self, n: int) -> int:
        stack = [n, 3, 5]
        smaller = len(stack) < stack.pop() < 9
        return min(len(stack), stack.pop(), len(stack)) + (1 if smaller else 0) + len(stack)

    def depth_first(self, n: int) -> list[int]:
        waiting = [n]
        seen: list[int] = []
        while waiting:
            node = waiting.pop()
            if node <= 0 or node in seen:
                continue
            seen.append(node)
            waiting.extend([node - 1, node // 2])
        return seen

    def extends(self, ys: list[int], text: str) -> None:
        self.xs.extend(ys)
        self.xs.extend(range(2))
        self.xs.extend([])
        self.xs.extend(self.xs)
        self.lots[text].extend(reversed(ys))
        self.lots[text].extend([self._next()])

    def extend_by_parts(self, ys: list[int]) -> None:
        self.rows.extend([[y] for y in ys])

    def inserts(self, i: int, x: int) -> list[int]:
        self.xs.insert(i, x)
        self.xs.insert(self._next(), self._next())
        own = [1, 2]
        own.insert(i, x)
        last = own.pop()
        own.insert(0, last)
        return own

    def removes(self, x: int) -> None:
        self.xs.remove(x)

    def clears(self, name: str) -> None:
        self.xs.clear()
        self.lots[name].clear()

    def searched(self, x: int) -> tuple[int, int, int]:
        return self.xs.count(x), (1, 2, x).count(x), self.xs.index(x)

    def searched_tuple(self, xs: tuple[int, ...], x: int) -> tuple[int, int]:
        return xs.count(x), xs.index(x)

    def copies(self) -> list[int]:
        copy = self.xs.copy()
        copy.reverse()
        copy.sort()
        return copy

    def sorts(self, reverse: bool) -> None:
        self.xs.sort(reverse=reverse)
        self.jobs.sort(key=lambda job: (-job.rank, job.name))

    def sorts_by_method(self) -> list[Job]:
        own = self.jobs.copy()
        own.sort(key=self._rank, reverse=True)
        self.jobs.reverse()
        return own

    def sorts_nested(self, name: str) -> None:
        self.lots[name].sort(key=lambda x: 6 // x)

    def take(self) -> Job:
        if not self.jobs:
            raise NoJob()
        self.jobs.sort(key=lambda job: job.rank)
        return self.jobs.pop(0)


NUMBERS = st.lists(st.integers(-2, 4), max_size=5)
NAMES = st.sampled_from(["a", "b"])
INDEXES = st.integers(-3, 3) | st.sampled_from([2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**70])


@given(
    NUMBERS,
    st.lists(NUMBERS, max_size=2),
    st.dictionaries(NAMES, NUMBERS),
    st.integers(-3, 3),
    INDEXES,
    NAMES,
    st.data(),
)
def test_methods_of_lists(
    xs: list[int], rows: list[list[int]], lots: dict[str, list[int]], n: int, index: int, name: str, data: st.DataObject
) -> None:
    jobs = [Job(str(i), x) for i, x in enumerate(xs)]
    calls = [
        call("pops"),
        call("pop_at", index),
        call("pop_and_forget"),
        call("pop_in_order"),
        call("pop_if"),
        call("pop_row"),
        call("pop_nested", name, index),
        call("pop_of_popped"),
        call("pop_into"),
        call("own", n),
        call("own_in_order", n),
        call("depth_first", n),
        call("extends", xs, name),
        call("extend_by_parts", xs),
        call("inserts", index, n),
        call("removes", n),
        call("clears", name),
        call("searched", n),
        call("searched_tuple", tuple(xs), n),
        call("copies"),
        call("sorts", n > 0),
        call("sorts_by_method"),
        call("sorts_nested", name),
        call("take"),
    ]
    agree(Lists, *data.draw(st.permutations(calls)), xs=xs, rows=rows, lots=lots, jobs=jobs)
