"""Statements of generated Python, as a tree, and writing them down.

The tree exists for one question that only what comes later can answer: may the step still fail after this write? Where
it may, the write first records how to take it back; where it may not, it is a plain assignment.

Each statement knows `at`, the instruction that it was written for, so that a line of generated code has a line of the
author's file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias, assert_never

from camshaft.execution.support import SMALL

NOT_KNOWN: Final = -1
Written: TypeAlias = tuple[str, int]
"""A line of generated source, and the instruction that it is from."""


@dataclass(slots=True)
class Line:
    """One simple statement. `fails`: it may raise."""

    text: str
    fails: bool = False
    at: int = NOT_KNOWN


@dataclass(slots=True)
class Assign:
    """A name that is assigned here and nowhere else."""

    name: str
    text: str
    fails: bool = False
    at: int = NOT_KNOWN


@dataclass(slots=True)
class Cap:
    """The check of an integer's size: first whether it is small, on the sides where it can be large.

    `names`: the last one is looked at; those before it have to be within bounds too, and cannot be out of them where it
    is small.
    """

    names: tuple[str, ...]
    up: bool
    down: bool
    speculative: bool = False
    """Whether it is enough to see that the integer is not ordinary."""
    fails: bool = True
    at: int = NOT_KNOWN

    @property
    def text(self) -> str:
        last = self.names[-1]
        if self.speculative:
            return unless_ordinary(last, up=self.up, down=self.down)
        sides = [(f"{last} > {SMALL}", f"{last} > CAP")] * self.up
        sides += [(f"{last} < -{SMALL}", f"{last} < -CAP")] * self.down
        # Comparing with a larger number is cheap; a call for each number beyond the small ones would not be.
        tests = [small if len(self.names) > 1 else f"{small} and {large}" for small, large in sides]
        return f"if {' or '.join(tests)}: capped({', '.join(self.names)})"


def unless_ordinary(name: str, *, up: bool, down: bool) -> str:
    """The statement that gives speculative code up where an integer is not ordinary, on those sides."""
    tests = [f"{name} > {SMALL} and {name} > ORDINARY"] * up
    tests += [f"{name} < -{SMALL} and {name} < -ORDINARY"] * down
    return f"if {' or '.join(tests)}: raise NotOrdinary"


@dataclass(slots=True)
class Charge:
    """Fuel for a number of rounds, `each` so much.

    `may_be_negative`: the count may be below zero, and then there are none. `of_range`: as much of each is for making
    the range that the rounds go through, which is charged first. Which fuel there is left is a variable only where
    `is_first` or `is_last` does not hold on some way: else the count is compared with a limit.
    """

    count: str
    each: int
    may_be_negative: bool = False
    of_range: int = 0
    is_first: bool = False
    is_last: bool = False
    fails: bool = True
    at: int = NOT_KNOWN

    @property
    def limit(self) -> str:
        """The name of how many rounds there is fuel for, where that is what the count is compared with."""
        is_only = self.is_first and self.is_last
        return f"n{self.each}" if is_only and self.each and not self.count.isdigit() else ""

    @property
    def lines(self) -> list[str]:
        """The statements that it is."""
        if self.is_last:
            test = f"{self.count} > {self.limit}" if self.limit else f"{_times(self.count, self.each)} > fuel"
            charges = [self.of_range] * bool(self.of_range) + [self.each]
            left = ", ".join(f"fuel - {_times(self.count, each)}" for each in charges)
            return [f"if {test}: out_of_fuel({left})"]
        head, count = [], self.count
        if self.may_be_negative:
            head, count = [f"c = {count}", "if c < 0: c = 0"], "c"
        before = f"fuel + {_times(count, self.each - self.of_range)}, " if self.of_range else ""
        return [*head, f"fuel -= {_times(count, self.each)}", f"if fuel < 0: out_of_fuel({before}fuel)"]

    @property
    def text(self) -> str:
        """All names that it mentions, among others."""
        return "; ".join(self.lines)


def _times(count: str, units: int) -> str:
    if count.isdigit():
        return str(int(count) * units)
    return f"({count})" if units == 1 else f"({count}) * {units}"


@dataclass(slots=True)
class Write:
    """A change of a container in place. `undo` makes the record that takes it back."""

    container: str
    text: str
    undo: str
    fails: bool = False
    """Whether it may raise, before it changes anything. Then making the record raises the same."""
    at: int = NOT_KNOWN


@dataclass(slots=True)
class Branch:
    """if / elif / else: conditions with their bodies, the last condition None for else."""

    arms: list[tuple[str | None, Body]]
    fails: bool = False
    """Whether the first condition may raise."""
    at: int = NOT_KNOWN


@dataclass(slots=True)
class Loop:
    """A `for` with its head, or a block: `while True` that is left at its end."""

    head: str
    body: Body
    fails: bool = False
    at: int = NOT_KNOWN


@dataclass(slots=True)
class Return:
    """The end of the function, with this result; `stores`: which fields are set before it, and what to."""

    text: str
    stores: dict[str, str] = field(default_factory=dict)
    at: int = NOT_KNOWN


Statement: TypeAlias = Line | Assign | Cap | Charge | Write | Branch | Loop | Return
Body: TypeAlias = list[Statement]

BLOCK_HEAD: Final = "while True"
FOREVER_HEAD: Final = "while 1"
"""A loop that its own body leaves; CPython compiles it as it does `while True`."""
_INDENT: Final = " "
_ASSIGNMENT: Final = re.compile(r"(\w+(?:, \w+)*) = ")
_LEAVES: Final = re.compile(r"break|continue|raise ")


def may_fail(body: Body) -> bool:
    """Whether running a body may raise."""
    return any(fails(statement) for statement in body)


def fails(statement: Statement) -> bool:
    match statement:
        case Line() | Assign() | Cap() | Charge() | Write():
            return statement.fails
        case Return():
            return False
        case Branch():
            return statement.fails or any(may_fail(body) for _, body in statement.arms)
        case Loop():
            return statement.fails or may_fail(statement.body)
        case _:
            assert_never(statement)


def targets(statement: Statement) -> list[str]:
    """The names that a statement itself assigns."""
    match statement:
        case Line() if found := _ASSIGNMENT.match(statement.text):
            return found[1].split(", ")
        case Assign():
            return [statement.name]
        case _:
            return []


def is_left(statement: Statement) -> bool:
    """Whether what stands behind a statement does not run."""
    match statement:
        case Return():
            return True
        case Line():
            return _LEAVES.match(statement.text) is not None
        case Branch():
            has_else = statement.arms[-1][0] is None
            return has_else and all(arm and is_left(arm[-1]) for _, arm in statement.arms)
        case _:
            return False


class Writer:
    """Writes a body down as lines of Python. `records`: whether any write recorded how to take it back."""

    def __init__(
        self, write_backs: list[tuple[str, str]], results: list[str], *, fails_after: bool, chains: bool = False
    ) -> None:
        """`write_backs`: the targets of the fields that a return stores. `results`: those that it returns besides.

        `fails_after`: what runs after the function returns belongs to the same step and may fail. `chains`: records go
        into a chain of tuples, which needs no call; a list is what functions can be given to add to.
        """
        self._chains = chains
        self.records = False
        self._fails_after = fails_after
        self._write_backs = write_backs
        self._results = results

    def lines(self, body: Body, depth: int, *, fails_after: bool | None = None) -> Iterator[Written]:
        """The lines of a body that is followed by something that may fail, or not; None: by the function's end."""
        if fails_after is None:
            fails_after = self._fails_after
        indent = _INDENT * depth
        if not body:
            yield indent + "pass", NOT_KNOWN
        later = [fails_after] * (len(body) + 1)
        for index in range(len(body) - 1, -1, -1):
            statement = body[index]
            ends = isinstance(statement, Return)
            later[index] = self._fails_after if ends else later[index + 1] or fails(statement)
        for index, statement in enumerate(body):
            after = later[index + 1]
            match statement:
                case Line() | Cap():
                    yield indent + statement.text, statement.at
                case Charge():
                    yield from ((indent + line, statement.at) for line in statement.lines)
                case Assign():
                    yield f"{indent}{statement.name} = {statement.text}", statement.at
                case Write():
                    if after:
                        self.records = True
                        record = f"u = (u, {statement.undo[1:]}" if self._chains else f"u.append({statement.undo})"
                        yield indent + record, statement.at
                    yield indent + statement.text, statement.at
                case Branch():
                    yield from self._branch(statement, depth, fails_after=after)
                case Loop():
                    yield f"{indent}{statement.head}:", statement.at
                    # A loop's next round may fail after any write of this one.
                    again = after or (statement.head != BLOCK_HEAD and may_fail(statement.body))
                    yield from self.lines(statement.body, depth + 1, fails_after=again)
                case Return():
                    yield from self._end(statement, indent)
                case _:
                    assert_never(statement)

    def _end(self, end: Return, indent: str) -> Iterator[Written]:
        for target, variable in self._write_backs:
            if variable in end.stores:
                yield f"{indent}{target} = {end.stores[variable]}", end.at
        values = [end.stores.get(variable, variable) for variable in self._results]
        yield f"{indent}return {', '.join([end.text, *values])}", end.at

    def _branch(self, branch: Branch, depth: int, *, fails_after: bool) -> Iterator[Written]:
        indent = _INDENT * depth
        arms = branch.arms
        match arms:
            case [(str(test), []), (None, [_, *_] as other)]:
                # CPython jumps over what does not run either way; this way it jumps once.
                arms = [(f"not ({test})", other)]
            case _:
                pass
        for index, (condition, body) in enumerate(arms):
            if condition is None:
                if not body:
                    continue
                yield f"{indent}else:", branch.at
            else:
                yield f"{indent}{'elif' if index else 'if'} {condition}:", branch.at
            yield from self.lines(body, depth + 1, fails_after=fails_after)


def text_of(lines: Sequence[Written]) -> str:
    """The source text of generated lines."""
    return "".join(f"{line}\n" for line, _ in lines)
