"""What is iterated does not change meanwhile.

A loop over a container watches it, a loop over a copy watches the elements that it changes where they are. A change
that would disturb the loop is refused, or the loop is lowered again, so that it bears it: over places, and over places
from which some are taken away.
"""

from __future__ import annotations

import ast
from collections.abc import Collection

from camshaft.language.body import Body, ElementsMayGo, PlaceWanted
from camshaft.language.change import Change, Kind
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.flow import Watched
from camshaft.language.homes import Alias, Gathers, Home, Refers, Shown
from camshaft.language.lowered import Lowered, Path, overlap, shown_path


def watch(
    body: Body, value: Lowered, node: ast.AST, loop: ast.AST | None, *, beside: Collection[Path] = (), key: str = ""
) -> None:
    """From here on in this flow, what a value is or borrows is iterated, as values; `beside` what is watched already.

    `key`: the root of the name that shows each element's own key.
    """
    paths = [borrow.path for borrow in value.borrows]
    if value.path is not None:
        paths.append(body.flow.resolved(value.path))
    for path in dict.fromkeys(paths):
        if any(path[: len(one)] == one for one in beside):
            continue
        body.flow.watched = (*body.flow.watched, Watched(path, node, loop, key=key))


def check_iterated(
    body: Body, change: Change, node: ast.AST, key: ast.expr | None, *, through: str, takes: bool
) -> None:
    """Refuse a change of what is iterated. Raises Problem, PlaceWanted, ElementsMayGo.

    `key`: the last one on the way, as it is written; `through`: the root of the path that the change is made through;
    `takes`: what is there is taken away, and nothing put there.
    """
    root = _root_of(body, key)
    for watched in body.flow.watched:
        own = root != "" and watched.key == root and change.kind is Kind.REPLACES and change.of == watched.path
        if own and (watched.copied or not takes):
            continue  # the round has its element already, and no other round comes to it
        if takes and _may_go(body, change, watched, node):
            continue
        if watched.notices is not None and through != watched.notices and _is_of_element(change, watched):
            raise iterated_changes(body, change.path, watched, node)
        if watched.as_places and change.takes_away(watched.path):
            raise iterated_changes(body, change.path, watched, node)
        # What is put in the place of what is iterated leaves that to the loop.
        if not change.is_within(watched.path):
            continue
        if len(change.of) == len(watched.path) or not (watched.as_places or watched.loop):
            raise iterated_changes(body, change.path, watched, node)
        if not watched.as_places and watched.loop is not None:
            raise PlaceWanted(watched.loop)


def _root_of(body: Body, key: ast.expr | None) -> str:
    """The root of a loop's name that a key is, "" where it is something else."""
    variable = body.flow.variables.get(key.id) if isinstance(key, ast.Name) else None
    return "" if variable is None or variable.value is None else str(variable.path[0])


def _may_go(body: Body, change: Change, watched: Watched, node: ast.AST) -> bool:
    """Whether an entry is deleted that a loop over a copy may come to, and then finds gone. Raises ElementsMayGo.

    Nobody else may have it: the loop goes on with a copy, and what is changed is that.
    """
    given_up = isinstance(node, ast.Subscript) or body.discarded is node
    if not watched.can_notice or not given_up or change.of != watched.path or watched.loop is None:
        return False
    if watched.notices is None:
        raise ElementsMayGo(watched.loop)
    element = (*watched.path, None)
    return not any(_leads_to(home, element) for root, home in body.flow.homes.items() if root != watched.notices)


def _leads_to(home: Home, element: Path) -> bool:
    match home:
        case Alias(path=path) | Refers(path=path):
            return overlap(path, element) and len(path) >= len(element)  # what it is in is no way of its own
        case Gathers(borrows=borrows) | Shown(borrows=borrows):
            return any(overlap(borrow.path, element) for borrow in borrows)
        case _:
            return False


def _is_of_element(change: Change, watched: Watched) -> bool:
    return change.is_within(watched.path) and len(change.of) > len(watched.path)


def iterated_changes(body: Body, path: Path, watched: Watched, node: ast.AST) -> Problem:
    """The problem of changing what is iterated."""
    return body.problem(
        Code.ITERATION,
        f"`{shown_path(path)}` changes while `{shown_path(watched.path)}` is iterated",
        node,
        _instead(path, watched),
        here="changed here",
        also=(body.label(watched.node, "iterated here"),),
    )


def _instead(path: Path, watched: Watched) -> str:
    """What to write where a loop changes what it goes over."""
    place, text = shown_path(watched.path), ast.unparse(watched.node)
    if not watched.copied:
        return f"iterate over a copy, `list({text})`, or collect the changes and make them after the loop"
    if len(path) > len(watched.path):
        return (
            f"go over the keys too, and take away the loop's own: `for key, one in list({place}.items()):` and "
            f"`del {place}[key]` or `{place}.pop(key)`; or collect the keys, and delete after the loop"
        )
    return (
        f"the loop changes elements where they are: take some away after it: `{place} = [one for one in {place} if …]`"
    )
