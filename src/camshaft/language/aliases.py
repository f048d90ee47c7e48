"""One container, one owner: what keeps Python's references and Camshaft's values the same.

In Python two names can lead to one list, and a change through one shows through the other; values are copies. So a
container belongs to one variable or one place of the state. Reading borrows it. Storing a borrowed container
elsewhere is refused, unless it belongs to a variable of this method: then it is given away, and what is changed
after that cannot be seen through the variable any more. What is iterated, or shown by a capture, does not change.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from camshaft.language.body import Body, CopyWanted, Loop, PlaceWanted, ReferencesWanted
from camshaft.language.change import Change, Kind
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.escapes import note_altered
from camshaft.language.flow import GivenAway, end_within
from camshaft.language.gathering import (
    SOMEWHERE,
    check_gathered,
    fields_of,
    gather,
    is_parameter,
    note_changed,
    note_stored,
)
from camshaft.language.homes import (
    CHANGED,
    DIFFERENT,
    MOVED,
    OWN,
    REPLACED,
    Alias,
    Ended,
    Gathers,
    Home,
    Own,
    Refers,
    Shown,
)
from camshaft.language.lowered import (
    CONSTANT,
    OWN_OBJECT,
    SELF,
    Borrow,
    Lowered,
    Path,
    overlap,
    shown_path,
)
from camshaft.language.pytypes import PyClass, PyDict, PyList, PySet, is_mutable, shown
from camshaft.language.scan import removal_of
from camshaft.language.watching import check_iterated, iterated_changes


def check_use(body: Body, value: Lowered, node: ast.AST) -> None:
    """Refuse to read what was stored elsewhere and may have been changed there. Raises Problem."""
    if value.path is not None and isinstance(body.flow.homes.get(str(value.path[0])), Alias):
        return  # its name follows it
    for borrowed in _paths(value):
        for path, given in body.flow.given_away.items():
            if given.changed is not None and overlap(path, borrowed):
                raise body.problem(
                    Code.GIVEN_AWAY,
                    f"`{shown_path(borrowed)}` was stored elsewhere before, and what it was stored in may have changed",
                    node,
                    "use the place that it was stored in, or store a copy: `list(…)`, `dict(…)`",
                    here="Python would see the change, a value would not",
                    also=(body.label(given.node, "stored here"), body.label(given.changed, "changed here")),
                )


def _paths(value: Lowered) -> list[Path]:
    paths = [borrow.path for borrow in value.borrows]
    return [*paths, value.path] if value.path is not None else paths


def can_be_given(body: Body, borrow: Borrow, *, to_variable: bool = False) -> bool:
    """Whether what a value borrows may be stored where the value goes, and was not stored elsewhere before."""
    if _why_not_given(body, borrow, to_variable=to_variable):
        return False
    return not any(overlap(path, borrow.path) for path in body.flow.given_away)


def give(
    body: Body, value: Lowered, node: ast.AST, where: str, at: Path | None, fields: frozenset[str] | None = None
) -> None:
    """A value is stored where it will live on: what it borrows must be given away for that. Raises Problem.

    `where` names the place in messages; `at` is its path, None if it is in no variable and not in `self`. `fields`:
    those of `self` one of which has it, where the path does not say.
    """
    into = None if at is None else str(at[0])
    for borrow in value.borrows:
        refused = _why_not_given(body, borrow)
        if refused and at is not None and gather(body, borrow, at, node):
            continue
        if refused:
            raise body.problem(
                Code.ALIAS,
                f"{where} would {'be' if borrow.exact else 'hold'} another name for {_described(borrow)}",
                borrow.node,
                _how_to_take(body, borrow) or _how_to_copy(borrow),
                here=f"{refused}: Python would share it, a value would be a copy",
                also=() if borrow.node is node else (body.label(node, "stored here"),),
            )
        for path, given in body.flow.given_away.items():
            if overlap(path, borrow.path):
                raise body.problem(
                    Code.ALIAS,
                    f"`{shown_path(borrow.path)}` was stored elsewhere before: one container cannot be in two places",
                    borrow.node,
                    _how_to_copy(borrow),
                    here="stored a second time",
                    also=() if given.node is borrow.node else (body.label(given.node, "stored here first"),),
                )
        body.flow.give_away(borrow.path, GivenAway(borrow.node, into, borrow.capture, fields=fields or fields_of(at)))
        if is_parameter(body, str(borrow.path[0])):
            body.stores.add(shown_path(borrow.path[:1]))
        place = SOMEWHERE if at is None else at
        note_stored(body, str(borrow.path[0]), (*place, None) if borrow.fresh else place)


def _why_not_given(body: Body, borrow: Borrow, *, to_variable: bool = False) -> str:
    """Whose a container is that cannot be given away, "" where it can."""
    root = str(borrow.path[0])
    if root == SELF:
        return "a part of the state"
    if root == OWN_OBJECT:
        return "a part of the object"
    if root.endswith(CONSTANT):
        return "a constant of the module"
    if borrow.shared:
        return "the same one in each round"
    # What the caller gave may be stored, once; a variable that would be it could be changed.
    if is_parameter(body, root) and to_variable and not borrow.inside:
        return "the caller's"
    if None in borrow.path and borrow.capture is None and not (is_parameter(body, root) and borrow.path[-1] is None):
        return f"a part of `{shown_path(borrow.path[:1])}`"
    return ""


def all_of(body: Body, path: Path | None, elements: tuple[Borrow, ...]) -> tuple[Borrow, ...]:
    """What all elements of a list at a path borrow, where that is a variable's own: it is given away as a whole."""
    if path is None or len(path) != 1 or body.flow.homes.get(str(path[0])) != OWN:
        return elements
    return tuple(replace(one, path=path) if one.path == (*path, None) else one for one in elements)


def _described(borrow: Borrow) -> str:
    if borrow.path == (SELF,):
        return f"a `{shown(borrow.type)}` of the state, which this gives"
    return f"`{shown_path(borrow.path)}`, a `{shown(borrow.type)}`"


def _how_to_take(body: Body, borrow: Borrow) -> str:
    """What to write where an object that was removed, or that a loop goes through, is to move elsewhere."""
    taken = removal_of(body.statements, borrow.node)
    if taken:
        return (
            f"`remove` takes the first that is equal, which may be another: take it out where it is stored, `{taken}`"
        )
    if borrow.capture not in body.picks or borrow.path[0] != SELF or not isinstance(borrow.type, PyClass):
        return ""
    place = shown_path(body.picks[borrow.capture].path[:-1])
    if body.picks[borrow.capture].of_dict:
        return (
            f"to move one, take it out where it is stored: `….append({place}.pop(key))`, with the key from "
            f"`for key, one in list({place}.items()):`; to have one in both places, store a copy"
        )
    return (
        f"to move them, take all out first: `moved = {place}`, `{place} = []`, then go over `moved`; to have one "
        "in both places, store a copy"
    )


def _how_to_copy(borrow: Borrow) -> str:
    text = ast.unparse(borrow.node)
    text = text if len(text) <= 50 else "…"
    match borrow.type:
        case PyList(element) if not is_mutable(element):
            return f"copy it: `list({text})`"
        case PyDict(_, value) if not is_mutable(value):
            return f"copy it: `dict({text})`"
        case PySet():
            return f"copy it: `set({text})`"
        case PyList() | PyDict():
            return "copy it and what it holds, in a comprehension that makes each element anew"
        case _:
            return "make a new object, with a copy of each list, dict and set that it holds"


def changed(
    body: Body, kind: Kind, path: Path, node: ast.AST, key: ast.expr | None = None, *, takes: bool = False
) -> None:
    """A write happens: refuse it where something must not change, and forget what was known. Raises Problem.

    `path` may begin with a name that stands for a place; then the write is made through that name. `key`: the last one
    on the way, as it is written; `takes`: what is there is taken away, and nothing put there.
    """
    flow, name = body.flow, str(path[0])
    change = Change(kind, flow.resolved(path))
    of = flow.homes.get(str(change.path[0]))
    if isinstance(of, Ended):
        raise ended(body, shown_path(change.path[:1]), of, node)
    check_iterated(body, change, node, key, through=name, takes=takes)
    note_changed(body, change)
    note_altered(body, change, node)
    if change.of != (SELF,):
        _check_given_away(body, change, node)
        check_gathered(body, change, node)
        flow.mark_changed(change.path, node)
        if kind is Kind.REPLACES and None not in change.path:
            flow.take_back(change.path)
    else:
        flow.leave(change.path)
    for root, home in flow.homes.items():
        if not _is_apart(body, home, name):
            flow.homes[root] = _after(home, change, node, own=root == name)
    end_within(flow.homes)
    for known, found in list(flow.narrowed.items()):
        at = flow.resolved(known)
        if change.takes_away(at):
            del flow.narrowed[known]
        elif change.is_within(at):
            flow.narrowed[known] = replace(found, port=None)
    if change.path[0] == SELF:
        body.writes.add(str(change.path[1]))
    if change.path[0] in (SELF, OWN_OBJECT):
        body.changes.add(change)


def _is_apart(body: Body, home: Home, name: str) -> bool:
    """Whether what is changed through the name of a loop, its present element, is not in a container yet."""
    found = body.picks.get(name)
    return found is not None and isinstance(home, Gathers) and home.picked == found and name not in body.flow.placed


def _after(home: Home, change: Change, node: ast.AST, *, own: bool) -> Home:
    """What a name stands for after a write; `own`: the write was made through it."""
    match home:
        case Alias():
            if change.takes_away(home.path):
                return Ended(REPLACED if change.kind is Kind.REPLACES else MOVED, node, home.node)
            within = change.is_within(home.path)
            # A list that grows has another last element.
            text = "" if change.kind is Kind.GROWS and overlap(change.path, home.path) and not within else home.text
            return replace(home, held=home.held and (own or not within), text=text)
        case Refers() if change.takes_away(home.path):
            return Ended(REPLACED if change.kind is Kind.REPLACES else MOVED, node, home.node)
        case Gathers() | Shown():
            # Where what it shows is replaced, the old one is left as it is, and nothing can change it any more.
            return Ended(CHANGED, node, home.node) if any(change.is_within(one.path) for one in home.borrows) else home
        case _:
            return home


def rebound(body: Body, name: str, node: ast.AST) -> None:
    """A variable gets another value: what was known of it, and of names that stand for parts of it, is so no more."""
    flow = body.flow
    flow.forget(name)
    flow.take_back((name,))
    if isinstance(flow.homes.get(name, OWN), Own | Gathers):
        for watched in flow.watched:
            if watched.path[0] == name and watched.as_places:
                raise iterated_changes(body, (name,), watched, node)
        for root, home in flow.homes.items():
            if root != name:
                flow.homes[root] = _without(home, name, node)
    renamed(body, name)


def _without(home: Home, name: str, node: ast.AST) -> Home:
    """What a name stands for where a variable gets another object, of which it may stand for a part."""
    if isinstance(home, Alias | Refers) and home.path[0] == name:
        return Ended(REPLACED, node, home.node)
    return home


def renamed(body: Body, name: str) -> None:
    """A name stands for something else: a place that is written with it means something else."""
    for root, home in body.flow.homes.items():
        if isinstance(home, Alias) and name in home.names:
            body.flow.homes[root] = replace(home, text="")


def ended(body: Body, name: str, home: Ended, node: ast.AST) -> Problem:
    """The problem of reading a name whose object is not where it was. Raises ReferencesWanted, CopyWanted."""
    if name in body.only_read and name not in body.shown_only:
        raise CopyWanted(name)
    if home.what == CHANGED:
        want_references(body, name)
    also = [body.label(home.bound, f"`{name}` is bound here")]
    text = ast.unparse(home.bound)
    if home.what == DIFFERENT:
        return body.problem(
            Code.ALIAS,
            f"`{name}` stands for a place on one way to this line, and for something else on another",
            node,
            "use two names, or store it in its place on both ways before",
            here="what would be changed or read here is not one place",
            also=[*also, body.label(home.node, "bound here on another way")],
        )
    if home.node is not home.bound:
        also.append(body.label(home.node, "changed here"))
    if home.what == CHANGED:
        return body.problem(
            Code.ALIAS,
            f"`{name}` shows a part of something that changed since",
            node,
            "read what you need of it before the change, or bind the name again after it",
            here="Python would see the change, a value would not",
            also=also,
        )
    help_ = f"bind it again after that: `{name} = {text}`, or copy before what you need of it"
    taken = removal_of(body.statements, node)
    if taken:
        help_ = f"`remove` takes the first that is equal, which may be another: write `{name} = {taken}`"
    elif text == name:
        help_ = "a loop's name stands for the element in its place: change it before that"
    return body.problem(
        Code.ALIAS,
        f"what `{name}` stands for {home.what} before this",
        node,
        help_ if len(text) <= 60 or taken else "bind it again after that, or copy before what you need of it",
        here="Python would still show the old object",
        also=also,
    )


def want_place(body: Body, value: Lowered) -> None:
    """A value is wanted as a place: a loop that shows it as an element starts again. Raises PlaceWanted."""
    if value.path is None:
        return
    root = value.path[0]
    for variable in body.flow.variables.values():
        if variable.path[0] == root and variable.loop is not None and variable.loop not in body.as_places:
            raise PlaceWanted(variable.loop)


def want_references(body: Body, name: str) -> None:
    """Elements of a list that a name was given are, or were, changed. Raises ReferencesWanted where it can be so."""
    if name in body.referable and name not in body.references:
        raise ReferencesWanted(name)


def _check_given_away(body: Body, change: Change, node: ast.AST) -> None:
    for known, given in body.flow.given_away.items():
        if change.is_within(known):
            raise body.problem(
                Code.GIVEN_AWAY,
                f"`{shown_path(change.path)}` was stored elsewhere before and is changed here",
                node,
                "change it before it is stored, or change the place that it was stored in",
                here="Python would change both, a value only this one",
                also=(body.label(given.node, "stored here"),),
            )


def check_round(body: Body, loop: Loop, node: ast.AST) -> None:
    """Where a loop's next round begins: what this one gave away must not be given again. Raises Problem."""
    for path, given in body.flow.given_away.items():
        if path in loop.entry.given_away or given.capture in loop.captures:
            continue
        root = str(path[0])
        if root in loop.entry.assigned or root in loop.entry.variables:
            raise body.problem(
                Code.ALIAS,
                f"`{shown_path(path)}` is stored in each round of the loop: one container cannot be in two places",
                given.node,
                f"make a new one in each round, or store a copy: `list({root})`",
                also=(body.label(node, "in this loop"),),
            )


def is_own(body: Body, node: ast.expr) -> bool:
    """Whether a node is the machine itself."""
    return isinstance(node, ast.Name) and node.id == SELF and body.unit.machine is not None
