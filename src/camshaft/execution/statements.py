"""Statements of generated Python, as a tree, and writing them down.

The tree exists for one question that only what comes later can answer: may the step still fail after this write? Where
it may, the write first records how to take it back; where it may not, it is a plain assignment.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias, assert_never


@dataclass(slots=True)
class Line:
    """One simple statement. `fails`: it may raise."""

    text: str
    fails: bool = False


@dataclass(slots=True)
class Assign:
    """A name that is assigned here and nowhere else."""

    name: str
    text: str
    fails: bool = False


@dataclass(slots=True)
class Write:
    """A change of a container in place. `undo` makes the record that takes it back."""

    text: str
    undo: str


@dataclass(slots=True)
class Branch:
    """if / elif / else: conditions with their bodies, the last condition None for else."""

    arms: list[tuple[str | None, Body]]


@dataclass(slots=True)
class Loop:
    """A `for` with its head, or a block: `while True` that is left at its end."""

    head: str
    body: Body
    fails: bool = False


@dataclass(slots=True)
class Return:
    """The end of the function, with this result; `last`: what fields are assigned to right before it."""

    text: str
    last: dict[str, str] = field(default_factory=dict)


Statement: TypeAlias = Line | Assign | Write | Branch | Loop | Return
Body: TypeAlias = list[Statement]

BLOCK_HEAD: Final = "while True"
FOREVER_HEAD: Final = "while 1"
"""A loop that its own body leaves; CPython compiles it as it does `while True`."""
_INDENT: Final = " "
_NAME: Final = re.compile(r"\bt\d+\b")


def may_fail(body: Body) -> bool:
    """Whether running a body may raise."""
    return any(_fails(statement) for statement in body)


def _fails(statement: Statement) -> bool:
    match statement:
        case Line() | Assign():
            return statement.fails
        case Write() | Return():
            return False
        case Branch():
            return any(may_fail(body) for _, body in statement.arms)
        case Loop():
            return statement.fails or may_fail(statement.body)
        case _:
            assert_never(statement)


class Writer:
    """Writes a body down as lines of Python. `records`: whether any write recorded how to take it back."""

    def __init__(self, write_backs: list[tuple[str, str]], results: list[str], *, fails_after: bool) -> None:
        """At its end the function assigns variables to the targets of `write_backs`, and returns `results` besides.

        `fails_after`: what runs after the function returns belongs to the same step and may fail.
        """
        self.records = False
        self._fails_after = fails_after
        self._write_backs = write_backs
        self._results = results

    def lines(self, body: Body, depth: int, *, fails_after: bool | None = None) -> Iterator[str]:
        """The lines of a body that is followed by something that may fail, or not; None: by the function's end."""
        if fails_after is None:
            fails_after = self._fails_after
        indent = _INDENT * depth
        if not body:
            yield indent + "pass"
        later = [fails_after] * (len(body) + 1)
        for index in range(len(body) - 1, -1, -1):
            statement = body[index]
            ends = isinstance(statement, Return)
            later[index] = self._fails_after if ends else later[index + 1] or _fails(statement)
        for index, statement in enumerate(body):
            after = later[index + 1]
            match statement:
                case Line():
                    yield indent + statement.text
                case Assign():
                    yield f"{indent}{statement.name} = {statement.text}"
                case Write():
                    if after:
                        self.records = True
                        yield f"{indent}u.append({statement.undo})"
                    yield indent + statement.text
                case Branch():
                    yield from self._branch(statement, depth, fails_after=after)
                case Loop():
                    yield f"{indent}{statement.head}:"
                    # A loop's next round may fail after any write of this one.
                    again = after or (statement.head != BLOCK_HEAD and may_fail(statement.body))
                    yield from self.lines(statement.body, depth + 1, fails_after=again)
                case Return():
                    for target, variable in self._write_backs:
                        yield f"{indent}{target} = {statement.last.get(variable, variable)}"
                    values = [statement.last.get(variable, variable) for variable in self._results]
                    yield f"{indent}return {', '.join([statement.text, *values])}"
                case _:
                    assert_never(statement)

    def _branch(self, branch: Branch, depth: int, *, fails_after: bool) -> Iterator[str]:
        indent = _INDENT * depth
        for index, (condition, body) in enumerate(branch.arms):
            if condition is None:
                if not body:
                    continue
                yield f"{indent}else:"
            else:
                yield f"{indent}{'elif' if index else 'if'} {condition}:"
            yield from self.lines(body, depth + 1, fails_after=fails_after)


# ---- inlining --------------------------------------------------------------------------------------------------------


def inlined(body: Body) -> Body:
    """The body with each name that is used only once, by the very next statement, replaced by what it stands for.

    Nothing changes places: the other operands of the next statement are names and constants.
    """
    uses: Counter[str] = Counter()
    _count(body, uses)
    return _inlined(body, uses)


def _count(body: Body, uses: Counter[str]) -> None:
    for statement in body:
        match statement:
            case Line() | Assign():
                uses.update(_NAME.findall(statement.text))
            case Return():
                uses.update(_NAME.findall(" ".join([statement.text, *statement.last.values()])))
            case Write():
                uses.update(_NAME.findall(statement.text))
                uses.update(_NAME.findall(statement.undo))
            case Branch():
                for condition, inner in statement.arms:
                    uses.update(_NAME.findall(condition or ""))
                    _count(inner, uses)
            case Loop():
                uses.update(_NAME.findall(statement.head))
                _count(statement.body, uses)
            case _:
                assert_never(statement)


def _inlined(body: Body, uses: Counter[str]) -> Body:
    result: Body = []
    for statement in body:
        if isinstance(statement, Branch):
            statement = Branch([(condition, _inlined(inner, uses)) for condition, inner in statement.arms])
        elif isinstance(statement, Loop):
            statement = Loop(statement.head, _inlined(statement.body, uses), statement.fails)
        limit = 1 << 30
        while result and isinstance(last := result[-1], Assign) and uses[last.name] == 1:
            found = _replaced(statement, last, limit)
            if found is None:
                break
            statement, limit = found
            result.pop()
        result.append(statement)
    return result


def _replaced(statement: Statement, given: Assign, limit: int) -> tuple[Statement, int] | None:
    """The statement with the given name replaced by what it stands for, and where that stands now.

    None where it does not use the name, or uses it behind `limit`: what was replaced there before is evaluated later,
    and has to stay so.
    """
    match statement:
        case Line() | Assign() | Return():
            text = statement.text
        case Branch() if not given.fails:
            text = statement.arms[0][0] or ""
        case Loop() if statement.head not in (BLOCK_HEAD, FOREVER_HEAD):
            text = statement.head
        case _:
            return None
    found = re.search(rf"\b{given.name}\b", text)
    if found is None or found.start() >= limit or (isinstance(statement, Return) and given.fails):
        return None
    inserted = given.text if given.text.isidentifier() else f"({given.text})"
    text = text[: found.start()] + inserted + text[found.end() :]
    match statement:
        case Line():
            return Line(text, statement.fails or given.fails), found.start()
        case Assign():
            return Assign(statement.name, text, statement.fails or given.fails), found.start()
        case Return():
            return Return(text, statement.last), found.start()
        case Branch():
            (_, body), *others = statement.arms
            return Branch([(text, body), *others]), found.start()
        case _:
            return Loop(text, statement.body, statement.fails or given.fails), found.start()
