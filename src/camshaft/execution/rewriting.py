"""Rewritings of generated statements that leave their meaning alone: fewer names, fewer records of how to take back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import Enum
from functools import partial
from itertools import takewhile
from typing import Any, Final, assert_never

from camshaft.execution.joins import joined
from camshaft.execution.statements import (
    BLOCK_HEAD,
    FOREVER_HEAD,
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
    fails,
)

_IDENTIFIER: Final = re.compile(r"\b[a-z]\d+\b")
_START: Final = re.compile(r"([vr]\d+) = (?!.*\w\().*")
"""An assignment that does nothing else: it calls nothing."""
_FIELD: Final = re.compile(r"f\d+")
_LOOKAHEAD: Final = 100
"""Statements that are looked at behind one: keeps hostile code linear."""
_NAME: Final = re.compile(r"\bt\d+\b")
_EVALUATED: Final = re.compile(r"[\])]")
"""The end of something that was looked up or called, which comes before what stands behind it."""
_TEMPORARY: Final = re.compile(r"[etr]\d+")
_FUEL: Final = re.compile(r"\bfuel\b")
_LEAVES: Final = re.compile(r"\b(break|continue)\b")
_CHANGE: Final = re.compile(r"\.append\(|^del |^\w+\[[^=]*\] = |\bg\d+\(")


def rewritten(body: Body, line_of: Callable[[int], int], constants: Mapping[str, Any]) -> Body:
    """The body, simplified. `line_of` an instruction: what fails on one line stays apart from what fails on another.
    `constants`: what the names of constants stand for."""
    simpler = inlined(without_idle_starts(body), line_of)
    if (fewer := joined(simpler, constants)) is not simpler:
        simpler = without_idle_starts(fewer)
    return sunk_writes(simpler)


# ---- writes at the end -----------------------------------------------------------------------------------------------


def sunk_writes(body: Body) -> Body:
    """The body with changes of a field's container moved behind what may still fail and does not touch that container.

    A change that nothing can fail after needs no record of how to take it back. For a deletion that record is a copy of
    the map, since putting the key back would move it to the end.
    """
    backwards: Body = []
    for statement in reversed(body):
        match statement:
            case Branch():
                arms = [(test, sunk_writes(arm)) for test, arm in statement.arms]
                backwards.append(replace(statement, arms=arms))
            case Loop():
                backwards.append(replace(statement, body=sunk_writes(statement.body)))
            case Write() if _FIELD.fullmatch(statement.container):
                _sink(statement, backwards)
            case _:
                backwards.append(statement)
    return backwards[::-1]


def _sink(write: Write, backwards: Body) -> None:
    """Put a change before what follows it, which is given last first, or as far behind as it may stand."""
    names = frozenset(_IDENTIFIER.findall(f"{write.text} {write.undo}"))
    value = write.text.partition(" = ")[2]
    # What is made from a container at the very moment of the change must not see what happens to that container later.
    read = frozenset({write.container, *([] if value.isidentifier() else _IDENTIFIER.findall(value))})
    # A temporary may stand for a container that is changed under another name, that of a local slot.
    follows_names = value.isidentifier() or not any(map(_TEMPORARY.fullmatch, read))
    following = takewhile(
        lambda each: follows_names or not _changes_a_container(each), backwards[: -_LOOKAHEAD - 1 : -1]
    )
    passed = list(takewhile(partial(_may_pass, read, names), following))
    if not any(map(fails, passed)):
        backwards.append(write)
        return
    backwards.insert(len(backwards) - len(passed), replace(write, fails=False))
    if write.fails:
        # Whether it can be done at all is found out where it stood.
        backwards.append(Line(write.text.removeprefix("del ").partition(" = ")[0], fails=True, at=write.at))


def _changes_a_container(statement: Statement) -> bool:
    """Whether a statement changes a container in place, or calls what may."""
    match statement:
        case Line():
            return _CHANGE.search(statement.text) is not None
        case Branch():
            return any(_changes_a_container(inner) for _, arm in statement.arms for inner in arm)
        case Write() | Loop():
            return True
        case Assign() | Cap() | Charge() | Return():
            return False
        case _:
            assert_never(statement)


def _may_pass(read: frozenset[str], names: frozenset[str], statement: Statement) -> bool:
    """Whether a change may as well happen behind a statement: it uses those names, and what is in some of them."""
    match statement:
        case Line() | Assign() | Cap() | Charge():
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


def without_idle_starts(body: Body, after: Body | None = None, *, is_all: bool = True) -> Body:
    """The body without settings of variables that are set again before anything reads them.

    `after`: what runs behind it, `is_all`: and nothing else does.
    """
    backwards: Body = []

    def behind() -> tuple[Body, bool]:
        following = [*backwards[: -_LOOKAHEAD - 1 : -1], *(after or [])]
        return following[:_LOOKAHEAD], is_all and len(following) < _LOOKAHEAD

    for statement in reversed(body):
        match statement:
            case Line() if not statement.fails and (found := _START.fullmatch(statement.text)):
                following, ends = behind()
                use = _first_use(re.compile(rf"\b{found[1]}\b"), following, [_LOOKAHEAD])
                if use is _Use.SET or (use is _Use.NONE and ends):
                    continue
            case Branch():
                following, ends = behind()
                arms = [(test, without_idle_starts(arm, following, is_all=ends)) for test, arm in statement.arms]
                statement = replace(statement, arms=arms)
            case Loop():
                statement = replace(statement, body=without_idle_starts(statement.body, is_all=False))
            case _:
                pass
        backwards.append(statement)
    return backwards[::-1]


class _Use(Enum):
    """What becomes of a variable first."""

    READ = "it may be read"
    SET = "it is set, or will not be read, on every way"
    NONE = "neither: what comes behind has to be looked at"


def _first_use(name: re.Pattern[str], body: Body, left: list[int]) -> _Use:
    """What becomes of a variable first in a body. `left`: how many statements may still be looked at."""
    for statement in body:
        left[0] -= 1
        if left[0] < 0:
            return _Use.READ
        match statement:
            case Branch():
                uses = [_first_use(name, arm, left) for _, arm in statement.arms]
                if any(name.search(test or "") for test, _ in statement.arms) or _Use.READ in uses:
                    return _Use.READ
                if statement.arms[-1][0] is None and all(use is _Use.SET for use in uses):
                    return _Use.SET
            case Loop():
                # It may run no round, or be left before the variable is set: what comes behind counts as well.
                if name.search(statement.head) or _first_use(name, statement.body, left) is _Use.READ:
                    return _Use.READ
            case Return():
                return _Use.READ if name.search(statement.text) else _Use.SET
            case Line() | Assign() | Cap() | Charge() | Write():
                target, is_set, value = statement.text.partition(" = ")
                sets_it = isinstance(statement, Line) and bool(is_set) and name.fullmatch(target) is not None
                if sets_it and not name.search(value):
                    return _Use.SET
                if name.search(statement.text) or (isinstance(statement, Write) and name.search(statement.undo)):
                    return _Use.READ
                if statement.text.startswith("raise "):
                    return _Use.SET
                if _LEAVES.search(statement.text):
                    return _Use.NONE if statement.text in ("break", "continue") else _Use.READ
            case _:
                assert_never(statement)
    return _Use.NONE


# ---- fuel ------------------------------------------------------------------------------------------------------------


def only_charges(body: Body) -> set[int]:
    """Note in a method's charges which ones are the first or the last on every way; what those that are both charge
    for each round, where the number of rounds is compared with a limit."""
    limits: set[int] = set()
    _note_charges(body, limits, before=False, after=False)
    return limits


def _note_charges(body: Body, limits: set[int], *, before: bool, after: bool) -> None:
    """`before`, `after`: whether fuel is used before the body, and behind it."""
    used = [_uses_fuel(statement) for statement in body]
    for index, statement in enumerate(body):
        later = any(used[index + 1 :]) or (after and not isinstance(body[-1], Return))
        match statement:
            case Charge():
                statement.is_first, statement.is_last = not before, not later
                if statement.limit:
                    limits.add(statement.each)
            case Branch():
                for _, arm in statement.arms:
                    _note_charges(arm, limits, before=before, after=later)
            case Loop():
                again = used[index] and statement.head != BLOCK_HEAD
                _note_charges(statement.body, limits, before=before or again, after=later or again)
            case _:
                pass
        before = before or used[index]


def _uses_fuel(statement: Statement) -> bool:
    match statement:
        case Charge():
            return True
        case Line():
            return _FUEL.search(statement.text) is not None
        case Branch():
            return any(_uses_fuel(inner) for _, arm in statement.arms for inner in arm)
        case Loop():
            return any(map(_uses_fuel, statement.body))
        case Assign() | Cap() | Write() | Return():
            return False
        case _:
            assert_never(statement)


# ---- names that are used once ----------------------------------------------------------------------------------------


def inlined(body: Body, line_of: Callable[[int], int]) -> Body:
    """The body with each name that is used only once, by the very next statement, replaced by what it stands for.

    Nothing changes places: the other operands of the next statement are names and constants, and what may fail is not
    put behind a part of that statement that may fail too.
    """
    uses: Counter[str] = Counter()
    _count(body, uses)
    return _inlined(body, uses, line_of)


def _count(body: Body, uses: Counter[str]) -> None:
    for statement in body:
        match statement:
            case Line() | Assign() | Cap() | Charge() | Return():
                uses.update(_NAME.findall(statement.text))
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


def _inlined(body: Body, uses: Counter[str], line_of: Callable[[int], int]) -> Body:
    result: Body = []
    for statement in body:
        if isinstance(statement, Assign) and not statement.fails and not uses[statement.name]:
            continue
        if isinstance(statement, Branch):
            arms = [(condition, _inlined(inner, uses, line_of)) for condition, inner in statement.arms]
            statement = replace(statement, arms=arms)
        elif isinstance(statement, Loop):
            statement = replace(statement, body=_inlined(statement.body, uses, line_of))
        limit = 1 << 30
        while result and isinstance(last := result[-1], Assign) and uses[last.name] == 1:
            found = _replaced(statement, last, limit)
            if found is None or (last.fails and _itself_fails(statement) and line_of(last.at) != line_of(statement.at)):
                break
            at = last.at if last.fails and not _itself_fails(statement) else statement.at
            statement, limit = found
            statement.at = at
            result.pop()
        result.append(statement)
    return result


def _itself_fails(statement: Statement) -> bool:
    """Whether a statement may raise before anything that is nested in it runs."""
    return not isinstance(statement, Return) and statement.fails


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
    if given.fails and _itself_fails(statement) and _EVALUATED.search(text, 0, found.start()):
        return None
    inserted = given.text if given.text.isidentifier() else f"({given.text})"
    text = text[: found.start()] + inserted + text[found.end() :]
    match statement:
        case Line():
            return replace(statement, text=text, fails=statement.fails or given.fails), found.start()
        case Assign():
            return replace(statement, text=text, fails=statement.fails or given.fails), found.start()
        case Return():
            return replace(statement, text=text), found.start()
        case Branch():
            (_, body), *others = statement.arms
            arms = [(text, body), *others]
            return replace(statement, arms=arms, fails=statement.fails or given.fails), found.start()
        case _:
            return replace(statement, head=text, fails=statement.fails or given.fails), found.start()
