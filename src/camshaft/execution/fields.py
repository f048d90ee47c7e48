"""When a method loads fields of its cell into variables, and when it stores them.

A field is loaded on the ways that use it, and stored on those that change it. Until a way can neither fail nor be
interrupted any more, nothing is stored: a cell is never seen half-changed.

Rule: nothing here knows what a statement computes, only which names it mentions.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, assert_never

from camshaft.execution.statements import (
    BLOCK_HEAD,
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
    is_left,
    targets,
)

_FIELDS: Final = re.compile(r"\bf\d+\b")
_CALL: Final = re.compile(r"\w\(")
_LONG: Final = 100
"""Results that are longer, and results with so many fields, are not written twice: keeps code linear."""


def with_fields(body: Body, attributes: Sequence[str]) -> Body:
    """A method's body with its loads and stores. `attributes`: the expression of each field of the cell."""
    body = _with_returns_in_branches(body)
    _note_changes(body, frozenset())
    with_last_values(body)
    early = _stored_early(body)
    if early:
        body = _with_early_stores(body, early, attributes, later=frozenset())
    return _Loads(attributes).into(body)


def _fields_set(statement: Statement) -> frozenset[str]:
    """The fields that a statement assigns, or one that is nested in it."""
    match statement:
        case Branch():
            return frozenset[str]().union(*(_fields_set(inner) for _, arm in statement.arms for inner in arm))
        case Loop():
            return frozenset[str]().union(*map(_fields_set, statement.body))
        case Return():
            return frozenset(name for name, value in statement.stores.items() if name != value)
        case _:
            return frozenset(filter(_FIELDS.fullmatch, targets(statement)))


def _joined(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """Both; no new set where the one has them all: keeps code of many fields linear."""
    return one if other <= one else one | other


# ---- the ends of ways ------------------------------------------------------------------------------------------------


def _with_returns_in_branches(body: Body) -> Body:
    """The body with a return behind a branch moved into each arm, where it knows more of what was changed."""
    *before, last = body or [Line("pass")]
    branch = before[-1] if before else None
    if isinstance(last, Return) and isinstance(branch, Branch) and _gains(branch, last):
        body = [*before[:-1], replace(branch, arms=[(test, _ended(arm, last)) for test, arm in branch.arms])]
    kept: Body = []
    for statement in body:
        match statement:
            case Branch():
                arms = [(test, _with_returns_in_branches(arm) if arm else arm) for test, arm in statement.arms]
                kept.append(replace(statement, arms=arms))
            case Loop():
                kept.append(replace(statement, body=_with_returns_in_branches(statement.body)))
            case _:
                kept.append(statement)
    return kept


def _gains(branch: Branch, end: Return) -> bool:
    if len(end.text) > _LONG or branch.arms[-1][0] is not None:
        return False
    return any(_fields_set(arm[-1]) or end.text in targets(arm[-1]) for _, arm in branch.arms if arm)


def _ended(arm: Body, end: Return) -> Body:
    """An arm that goes on to a return, with it."""
    if arm and is_left(arm[-1]):
        return arm
    last = arm[-1] if arm else None
    is_field = _FIELDS.fullmatch(end.text) is not None
    if isinstance(last, Line) and targets(last) == [end.text] and not is_field and not last.fails:
        return [*arm[:-1], replace(end, text=last.text.partition(" = ")[2])]
    return [*arm, replace(end)]


def _note_changes(body: Body, changed: frozenset[str]) -> frozenset[str]:
    """Note in each return which fields may have changed on the way to it; give those that may have behind the body."""
    for statement in body:
        match statement:
            case Branch():
                ways = [_note_changes(arm, changed) for _, arm in statement.arms]
                changed = changed.union(*ways)
            case Loop():
                changed = _joined(changed, _fields_set(statement))
                _note_changes(statement.body, changed)
            case Return():
                statement.stores = {name: name for name in changed}
                return frozenset()
            case _:
                changed = _joined(changed, _fields_set(statement))
    return changed


def with_last_values(body: Body) -> None:
    """Let fields that are assigned right before a return go straight to where it stores them."""
    for statement in body:
        match statement:
            case Branch():
                for _, arm in statement.arms:
                    with_last_values(arm)
            case Loop():
                with_last_values(statement.body)
            case _:
                pass
    if not body or not isinstance(end := body[-1], Return):
        return
    while len(body) > 1 and isinstance(line := body[-2], Line) and not line.fails:
        name, _, value = line.text.partition(" = ")
        if not _FIELDS.fullmatch(name) or len(end.stores) > _LONG:
            break
        later = " ".join([end.text, *(value for other, value in end.stores.items() if other != name)])
        if end.stores.get(name, name) != name or name in _FIELDS.findall(later):
            break
        end.stores[name] = value
        del body[-2]


# ---- stores before the end -------------------------------------------------------------------------------------------


def _stored_early(body: Body) -> frozenset[str]:
    """The fields that may be stored wherever they are assigned: nothing can go wrong behind that, nor change them."""
    every = frozenset[str]().union(*map(_fields_set, body))
    return every - _assigned_too_early(body, quiet=True, later=frozenset())


def _assigned_too_early(body: Body, *, quiet: bool, later: frozenset[str]) -> frozenset[str]:
    """The fields that a body assigns before something that can go wrong, or before they are assigned again.

    `quiet`: nothing can go wrong behind the body. `later`: the fields that are assigned behind it.
    """
    found: frozenset[str] = frozenset()
    if body and isinstance(body[-1], Return):
        quiet, later = True, frozenset()
    for statement in reversed(body):
        match statement:
            case Branch():
                for _, arm in statement.arms:
                    found |= _assigned_too_early(arm, quiet=quiet, later=later)
            case Loop():
                found |= _fields_set(statement)
            case Return():
                pass
            case _:
                names = _fields_set(statement)
                found |= names & later if quiet and len(names) == 1 and not fails(statement) else names
        later = _joined(later, _fields_set(statement))
        quiet = quiet and _is_quiet(statement)
    return found


def _is_quiet(statement: Statement) -> bool:
    """Whether a statement neither fails nor gives way to an interrupt, which CPython looks for in calls and loops."""
    match statement:
        case Branch():
            tests = [test for test, _ in statement.arms if test is not None]
            return (
                not statement.fails
                and not any(map(_CALL.search, tests))
                and all(_is_quiet(inner) for _, arm in statement.arms for inner in arm)
            )
        case Loop():
            return False
        case _:
            texts = [statement.text] if isinstance(statement, Write) else _texts(statement)
            return not fails(statement) and not any(map(_CALL.search, texts))


def _with_early_stores(body: Body, early: frozenset[str], attributes: Sequence[str], later: frozenset[str]) -> Body:
    """The body with assignments of such fields as stores. `later`: the fields that are mentioned behind it."""
    backwards: Body = []
    for statement in reversed(body):
        match statement:
            case Branch():
                arms = [(test, _with_early_stores(arm, early, attributes, later)) for test, arm in statement.arms]
                statement = replace(statement, arms=arms)
            case Return():
                stores = {name: value for name, value in statement.stores.items() if name != value or name not in early}
                statement = replace(statement, stores=stores)
            case Line() if early.intersection(names := targets(statement)):
                (name,) = names
                value = statement.text.partition(" = ")[2]
                also = f"{name} = " if name in later else ""
                statement = replace(statement, text=f"{also}{attributes[int(name[1:])]} = {value}")
            case _:
                pass
        later = _joined(later, _mentioned(statement))
        backwards.append(statement)
    return backwards[::-1]


# ---- loads -----------------------------------------------------------------------------------------------------------


def _texts(statement: Statement) -> list[str]:
    """The texts of a statement itself, not of what is nested in it, that mention names."""
    match statement:
        case Line() | Cap() | Assign() | Charge():
            return [statement.text]
        case Write():
            return [statement.text, statement.undo]
        case Branch():
            return [test for test, _ in statement.arms if test is not None]
        case Loop():
            return [statement.head]
        case Return():
            return [statement.text, *statement.stores.values()]
        case _:
            assert_never(statement)


def _nested(statement: Statement) -> Iterator[Body]:
    match statement:
        case Branch():
            yield from (arm for _, arm in statement.arms)
        case Loop():
            yield statement.body
        case _:
            pass


def _mentioned(statement: Statement) -> frozenset[str]:
    """The fields that a statement mentions, or one that is nested in it."""
    own = frozenset(name for text in _texts(statement) for name in _FIELDS.findall(text))
    return own.union(*(_mentioned(inner) for body in _nested(statement) for inner in body))


class _Loads:
    """Loads fields into variables before they are first mentioned, on the ways that mention them."""

    def __init__(self, attributes: Sequence[str]) -> None:
        self._attributes = attributes

    def into(self, body: Body) -> Body:
        return self._loaded(body, frozenset[str]().union(*map(_mentioned, body)))

    def _loaded(self, body: Body, fields: frozenset[str]) -> Body:
        """The body with loads of those fields that it mentions, none of which is loaded yet."""
        at: dict[str, list[int]] = defaultdict(list)
        for index, statement in enumerate(body):
            for name in _mentioned(statement) & fields:
                at[name].append(index)
        inside: dict[int, set[str]] = defaultdict(set)
        result: Body = []
        before: dict[int, list[str]] = defaultdict(list)
        changed = list(body)
        for name in sorted(at, key=lambda name: int(name[1:])):
            first, *others = at[name]
            statement = changed[first]
            attribute = self._attributes[int(name[1:])]
            texts = _texts(statement)
            if not others and not any(name in _FIELDS.findall(text) for text in texts) and _may_load_inside(statement):
                inside[first].add(name)
            elif not others and (read := _read_directly(statement, name, attribute)) is not None:
                changed[first] = read
            elif not _sets_first(statement, name):
                before[first].append(f"{name} = {attribute}")
        for index, statement in enumerate(changed):
            result += [Line(load) for load in before[index]]
            match statement:
                case Branch() if inside[index]:
                    loaded = [(test, self._loaded(arm, frozenset(inside[index]))) for test, arm in statement.arms]
                    result.append(replace(statement, arms=loaded))
                case Loop() if inside[index]:
                    result.append(replace(statement, body=self._loaded(statement.body, frozenset(inside[index]))))
                case _:
                    result.append(statement)
        return result


def _may_load_inside(statement: Statement) -> bool:
    return isinstance(statement, Branch) or (isinstance(statement, Loop) and statement.head == BLOCK_HEAD)


def _sets_first(statement: Statement, name: str) -> bool:
    """Whether a statement assigns a name that it does not read."""
    return name in targets(statement) and name not in _texts(statement)[0].partition(" = ")[2]


def _read_directly(statement: Statement, name: str, attribute: str) -> Statement | None:
    """The statement with the attribute in the place of its only mention of a field, where it just reads that."""
    mentions = [found for text in _texts(statement) for found in _FIELDS.findall(text) if found == name]
    if len(mentions) > 1 or any(name in map(str, _FIELDS.findall(text)) for text in _nested_texts(statement)):
        return None
    put = re.compile(rf"\b{name}\b")
    match statement:
        case Line() | Assign() if name not in targets(statement):
            return replace(statement, text=put.sub(attribute, statement.text))
        case Branch() if put.search(statement.arms[0][0] or ""):
            (test, arm), *others = statement.arms
            return replace(statement, arms=[(put.sub(attribute, test or ""), arm), *others])
        case Return() if name not in statement.stores or put.search(statement.stores[name]):
            # What is returned is read after the stores, and a store after those before it: here, of other fields.
            stores = {field: put.sub(attribute, value) for field, value in statement.stores.items()}
            return replace(statement, text=put.sub(attribute, statement.text), stores=stores)
        case _:
            return None


def _nested_texts(statement: Statement) -> Iterator[str]:
    for body in _nested(statement):
        for inner in body:
            yield from _texts(inner)
            yield from _nested_texts(inner)
