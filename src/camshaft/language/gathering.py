"""Objects of others that a variable's own container has, and what becomes of a parameter that was stored.

`out.append(lot)`, where the lot is in the state: nobody can tell a copy from the object, as long as neither it nor what
it is a copy of is changed while `out` is used. So the container has copies, and its variable remembers whose they are.

A parameter may be stored, once. What changes where it is stored changes it: callers that go on using what they gave
have to know.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Final

from camshaft.language.body import Body, PlaceWanted, ReferencesWanted
from camshaft.language.change import Change, Kind
from camshaft.language.diagnostics import Code
from camshaft.language.homes import Gathers, Own, Picked, gathers
from camshaft.language.lowered import CONSTANT, OWN_OBJECT, SELF, Borrow, Path, overlap, shown_path

SOMEWHERE: Final[Path] = ("anywhere",)
"""The path of what may be anywhere; no variable's."""


def is_parameter(body: Body, root: str) -> bool:
    """Whether paths from here lead to what the caller gave."""
    return root in body.parameters


def can_be_gathered(body: Body, borrow: Borrow) -> bool:
    """Whether a container of a variable's own can have a copy of what belongs to others, as long as both stay as they
    are."""
    root = str(borrow.path[0])
    whose = root in (SELF, OWN_OBJECT) or root.endswith(CONSTANT) or is_parameter(body, root)
    return whose and not any(overlap(path, borrow.path) for path in body.flow.given_away)


def gather(body: Body, borrow: Borrow, at: Path, node: ast.AST) -> bool:
    """Put what belongs to others in the container that a variable owns, where it is only read; False elsewhere."""
    root = str(at[0])
    home = body.flow.homes.get(root)
    if root == OWN_OBJECT or len(at) == 1 or not isinstance(home, Own | Gathers):
        return False
    if any(path[0] == root for path in body.flow.given_away) or not can_be_gathered(body, borrow):
        return False
    way = (*at[1:], None) if borrow.fresh else at[1:]
    body.flow.homes[root] = gathers([borrow], [way], node, home, _picked(body, borrow, at, home))
    return True


def _picked(body: Body, borrow: Borrow, at: Path, home: Own | Gathers) -> Picked | None:
    """What a container has elements of, where it gets another one of them: none is put anywhere twice."""
    flow, name = body.flow, borrow.capture or ""
    found = body.picks.get(name)
    if found is None or found.path != borrow.path or borrow.inside or borrow.fresh or len(at) != 2:
        return None
    if name in flow.placed:
        for other, its in flow.homes.items():
            if isinstance(its, Gathers) and its.picked == found:
                flow.homes[other] = replace(its, picked=None)
        return None
    flow.placed |= {name}
    return found if isinstance(home, Own) or home.picked == found else None


def check_gathered(body: Body, change: Change, node: ast.AST) -> None:
    """Refuse to change what is a copy of an object of others. Raises Problem."""
    root = change.path[0]
    home = body.flow.homes.get(str(root))
    if isinstance(home, Gathers) and any(change.is_within((root, *way)) for way in home.within):
        if root in body.referable and root not in body.references:
            raise ReferencesWanted(str(root))
        for borrow in home.borrows:
            _want_places(body, borrow.capture)
        (borrow, *_) = home.borrows
        raise body.problem(
            Code.GIVEN_AWAY,
            f"`{shown_path(change.of)}` is changed here, and is `{shown_path(borrow.path)}` or a part of it",
            node,
            f"change it where it is, in `{shown_path(borrow.path[:2])}`, put copies into `{root}`, or make that in one "
            "line: what `[x for x in … if …]` gives a name can be changed through it",
            here="Python would change both, a value only this one",
            also=(body.label(borrow.node, "put here"),),
        )


def _want_places(body: Body, root: str | None) -> None:
    """The name of a loop leads to what is changed: the loop goes over places then. Raises PlaceWanted."""
    for one in body.flow.variables.values():
        if one.path[0] == root and one.loop is not None and one.loop not in body.as_places:
            raise PlaceWanted(one.loop)


def fields_of(at: Path | None) -> frozenset[str] | None:
    """The field of a variable, or of `self`, that a path leads into, None where it leads into none or any."""
    field = at[1] if at is not None and len(at) > 1 else None
    return None if field is None else frozenset({field})


def note_stored(body: Body, root: str, at: Path) -> None:
    """A variable's object, or a part of it, is at a path from here on: so is what the caller gave and it holds."""
    for places in body.stored_at.values():
        if any(place[0] == root for place in places):
            places.add((*at, None))
    if is_parameter(body, root):
        name = shown_path((root,))
        places = body.stored_at.setdefault(name, set())
        places.add(at)
        # What an earlier line of a loop changes is changed in its next round.
        if body.loops and any(change.is_within(at) for change in body.changed_within):
            body.alters.add(name)
        if body.loops and any(_may_move(change, at) for change in body.changed_within):
            places.add(SOMEWHERE)


def note_changed(body: Body, change: Change) -> None:
    """A write happens: it may be to a parameter that is stored there."""
    body.changed_within.add(change)
    body.alters |= {name for name, places in body.stored_at.items() if any(map(change.is_within, places))}
    for places in body.stored_at.values():
        if any(_may_move(change, at) for at in places):
            places.add(SOMEWHERE)


def _may_move(change: Change, at: Path) -> bool:
    """Whether what is at a path, or within that, may be elsewhere after a change."""
    return change.kind is not Kind.GROWS and overlap(change.path, at)


def stored_in(body: Body) -> frozenset[tuple[str, str | None]]:
    """The parameters that live on, each with the fields of `self` that have it, None for what may be anywhere."""
    found = set[tuple[str, str | None]]()
    for name in body.stores:
        for place in body.stored_at.get(name, {SOMEWHERE}):
            known = place[0] in (SELF, OWN_OBJECT) and len(place) > 1
            found.add((name, place[1] if known else None))
    return frozenset(found)
