"""Branches that ask what the branch before them has just found out: the two become one.

What an optional value is, or a flag, is often told apart where it is made and again where it is used. Where each arm
of a branch leaves no doubt which arm of the next one follows, that arm is put at its end.

Rule: no statement is written twice, and none changes places with another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, assert_never

from camshaft.execution.statements import (
    Assign,
    Body,
    Branch,
    Cap,
    Charge,
    Line,
    Loop,
    Return,
    Statement,
    Write,
    is_left,
    targets,
)

_COPY: Final = re.compile(r"([rv]\d+) = ([rv]\d+)")
_FLAG: Final = re.compile(r"\(?(not )?\(?([rv]\d+)\)?\)?")
_CASE: Final = re.compile(r"([rv]\d+)\[0\] == (k\d+)")
_MADE: Final = re.compile(r"\((k\d+), (.+)\)")
_NAMED: Final = re.compile(r"[tpe]\d+")
"""What is set once, and stays."""
_MOST_COPIES: Final = 3


def joined(body: Body, constants: Mapping[str, Any]) -> Body:
    """The body with such branches made one, or itself. `constants`: what the names of constants stand for."""
    result: Body = []
    for statement in body:
        match statement:
            case Branch():
                arms = [(test, joined(arm, constants)) for test, arm in statement.arms]
                if any(new is not old for (_, new), (_, old) in zip(arms, statement.arms, strict=True)):
                    statement = replace(statement, arms=arms)
                if (merged := _merged_into_last(result, statement, constants)) is not None:
                    while isinstance(result.pop(), Line):
                        pass
                    statement = merged
            case Loop():
                inner = joined(statement.body, constants)
                statement = statement if inner is statement.body else replace(statement, body=inner)
            case _:
                pass
        result.append(statement)
    is_same = len(result) == len(body) and all(new is old for new, old in zip(result, body, strict=True))
    return body if is_same else result


@dataclass(frozen=True, slots=True)
class _Question:
    """What a branch asks of a variable: the arm that runs for a value with that text, None where it does not tell."""

    variable: str
    answer: Callable[[str], int | None]


def _question(branch: Branch, constants: Mapping[str, Any]) -> _Question | None:
    tests = [test for test, _ in branch.arms if test is not None]
    if len(tests) + 1 != len(branch.arms):
        return None
    if len(tests) == 1 and (flag := _FLAG.fullmatch(tests[0])):
        order = ["False", "True"] if flag[1] else ["True", "False"]
        return _Question(flag[2], lambda value: order.index(value) if value in order else None)
    cases = [_CASE.fullmatch(test) for test in tests]
    labels = [constants[case[2]] for case in cases if case]
    variables = {case[1] for case in cases if case}
    if len(labels) != len(tests) or len(variables) != 1:
        return None

    def arm(value: str) -> int | None:
        made = _MADE.fullmatch(value)
        case = (constants[made[1]],) if made else constants.get(value)
        if not isinstance(case, tuple):
            return None
        return labels.index(case[0]) if case[0] in labels else len(labels)

    return _Question(variables.pop(), arm)


def _merged_into_last(before: Body, branch: Branch, constants: Mapping[str, Any]) -> Branch | None:
    """A branch made one with the one before it, between which there are but copies."""
    copies: list[Line] = []
    while before[: -len(copies) or None] and len(copies) <= _MOST_COPIES:
        last = before[-1 - len(copies)]
        if isinstance(last, Branch):
            question = _question(branch, constants)
            return None if question is None else _merged(last, copies, branch, question)
        if not isinstance(last, Line) or not _COPY.fullmatch(last.text):
            return None
        copies.insert(0, last)
    return None


def _merged(first: Branch, copies: list[Line], second: Branch, question: _Question) -> Branch | None:
    variable = question.variable
    names = {variable}
    for copy in reversed(copies):
        target, _, source = copy.text.partition(" = ")
        if target == variable:
            variable = source
            names.add(source)
        elif target in names:
            return None
    arms: list[tuple[str | None, Body]] = []
    taken: set[int] = set()
    for test, arm in first.arms:
        if arm and is_left(arm[-1]):
            arms.append((test, arm))
            continue
        value = _last_value(arm, variable)
        chosen = None if value is None else question.answer(value)
        if value is None or chosen is None or chosen in taken:
            return None
        taken.add(chosen)
        follows = _with_payload(second.arms[chosen][1], names, value)
        arms.append((test, [*arm, *map(replace, copies), *follows]))
    if first.arms[-1][0] is not None or not taken:
        return None
    return replace(first, arms=arms)


def _last_value(arm: Body, variable: str) -> str | None:
    """The text of what a variable is set to last in an arm, where its own statements say so."""
    for statement in reversed(arm):
        if isinstance(statement, Branch | Loop):
            return None
        if variable in targets(statement):
            is_plain = isinstance(statement, Line) and not statement.fails
            return statement.text.partition(" = ")[2] if is_plain and len(targets(statement)) == 1 else None
    return None


def _with_payload(body: Body, names: set[str], value: str) -> Body:
    """A body in which what comes with a case goes by its own name, where that is known and the case stays."""
    made = _MADE.fullmatch(value)
    if made is None or not _NAMED.fullmatch(made[2]):
        return body
    kept = [name for name in names if not any(_sets(statement, name) for statement in body)]
    pattern = re.compile(rf"\b({'|'.join(kept)})\[1\]") if kept else None
    return body if pattern is None else [_replaced(each, lambda text: pattern.sub(made[2], text)) for each in body]


def _sets(statement: Statement, name: str) -> bool:
    match statement:
        case Branch():
            return any(_sets(inner, name) for _, arm in statement.arms for inner in arm)
        case Loop():
            return any(_sets(inner, name) for inner in statement.body)
        case _:
            return name in targets(statement)


def _replaced(statement: Statement, change: Callable[[str], str]) -> Statement:
    """A statement with all its texts changed."""
    match statement:
        case Line() | Assign():
            return replace(statement, text=change(statement.text))
        case Cap():
            return replace(statement, names=tuple(map(change, statement.names)))
        case Charge():
            return replace(statement, count=change(statement.count))
        case Write(container, text, undo):
            return replace(statement, container=change(container), text=change(text), undo=change(undo))
        case Return():
            return replace(statement, text=change(statement.text))
        case Branch():
            arms = [
                (None if test is None else change(test), [_replaced(each, change) for each in arm])
                for test, arm in statement.arms
            ]
            return replace(statement, arms=arms)
        case Loop():
            body = [_replaced(each, change) for each in statement.body]
            return replace(statement, head=change(statement.head), body=body)
        case _:
            assert_never(statement)
