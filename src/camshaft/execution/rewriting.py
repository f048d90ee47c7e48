"""Rewritings of generated statements that leave their meaning alone: fewer names, fewer records of how to take back."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final, assert_never

from camshaft.execution.statements import (
    BLOCK_HEAD,
    FOREVER_HEAD,
    Assign,
    Body,
    Branch,
    Cap,
    Line,
    Loop,
    Return,
    Statement,
    Write,
    fails,
)

_IDENTIFIER: Final = re.compile(r"\b[a-z]\d+\b")
_START: Final = re.compile(r"(v\d+) = (?:-?\d+|False|\[\]|\{\}|k\d+)")
_NAME: Final = re.compile(r"\bt\d+\b")


def rewritten(body: Body) -> Body:
    """The body, simplified."""
    return sunk_writes(inlined(without_idle_starts(body)))


# ---- writes at the end -----------------------------------------------------------------------------------------------


def sunk_writes(body: Body) -> Body:
    """The body with changes of a field's container moved behind what may still fail and does not touch that container.

    A change that nothing can fail after needs no record of how to take it back. For a deletion that record is a copy of
    the map, since putting the key back would move it to the end.
    """
    result: Body = []
    for statement in reversed(body):
        match statement:
            case Branch():
                arms = [(test, sunk_writes(arm)) for test, arm in statement.arms]
                result.insert(0, Branch(arms, statement.fails))
            case Loop():
                result.insert(0, Loop(statement.head, sunk_writes(statement.body), statement.fails))
            case Write() if re.fullmatch(r"f\d+", statement.container):
                _sink(statement, result)
            case _:
                result.insert(0, statement)
    return result


def _sink(write: Write, following: Body) -> None:
    """Put a change into the body that follows it, as late as it may stand."""
    names = frozenset(_IDENTIFIER.findall(f"{write.text} {write.undo}"))
    value = write.text.partition(" = ")[2]
    # What is made from a container at the very moment of the change must not see what happens to that container later.
    read = frozenset({write.container, *([] if value.isidentifier() else _IDENTIFIER.findall(value))})
    at = 0
    while at < len(following) and _may_pass(read, names, following[at]):
        at += 1
    if at == 0 or not any(map(fails, following[:at])):
        following.insert(0, write)
        return
    following.insert(at, Write(write.container, write.text, write.undo))
    if write.fails:
        # Whether it can be done at all is found out where it stood.
        following.insert(0, Line(write.text.removeprefix("del ").partition(" = ")[0], fails=True))


def _may_pass(read: frozenset[str], names: frozenset[str], statement: Statement) -> bool:
    """Whether a change may as well happen behind a statement: it uses those names, and what is in some of them."""
    match statement:
        case Line() | Assign() | Cap():
            if statement.text in ("break", "continue") or ": break" in statement.text or ": continue" in statement.text:
                return False
            is_assignment = isinstance(statement, Assign)
            targets = statement.name if isinstance(statement, Assign) else statement.text.partition(" = ")[0]
            mentioned = frozenset(_IDENTIFIER.findall(statement.text))
            sets = frozenset(_IDENTIFIER.findall(targets)) if is_assignment or " = " in statement.text else frozenset()
            return not read & mentioned and not sets & names
        case Branch():
            tests = " ".join(test or "" for test, _ in statement.arms)
            return read.isdisjoint(_IDENTIFIER.findall(tests)) and all(
                _may_pass(read, names, inner) for _, arm in statement.arms for inner in arm
            )
        case Write() | Loop() | Return():
            return False
        case _:
            assert_never(statement)


# ---- variables that are set twice ------------------------------------------------------------------------------------


def without_idle_starts(body: Body) -> Body:
    """The body without settings of variables that are set again before anything reads them."""
    kept: Body = []
    for index, statement in enumerate(body):
        match statement:
            case Line() if (found := _START.fullmatch(statement.text)) and _is_set_again(found[1], body[index + 1 :]):
                continue
            case Branch():
                statement = Branch([(test, without_idle_starts(arm)) for test, arm in statement.arms], statement.fails)
            case Loop():
                statement = Loop(statement.head, without_idle_starts(statement.body), statement.fails)
            case _:
                pass
        kept.append(statement)
    return kept


def _is_set_again(name: str, following: Body) -> bool:
    mention = re.compile(rf"\b{name}\b")
    for statement in following:
        if not isinstance(statement, Line | Assign | Cap):
            return False
        if mention.search(statement.text):
            # A start is a constant: nothing is lost by not computing it.
            target, is_set, value = statement.text.partition(" = ")
            return isinstance(statement, Line) and bool(is_set) and target == name and not mention.search(value)
    return False


# ---- names that are used once ----------------------------------------------------------------------------------------


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
            case Line() | Assign() | Cap():
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
            arms = [(condition, _inlined(inner, uses)) for condition, inner in statement.arms]
            statement = Branch(arms, statement.fails)
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
        case Branch():
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
            return Return(text, statement.last, statement.written), found.start()
        case Branch():
            (_, body), *others = statement.arms
            return Branch([(text, body), *others], statement.fails or given.fails), found.start()
        case _:
            return Loop(text, statement.body, statement.fails or given.fails), found.start()
