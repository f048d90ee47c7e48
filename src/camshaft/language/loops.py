"""Loops: `for`, `while`, `break`, `continue`, and what follows where none of them broke.

Each round starts knowing only what no earlier round can have changed. What a round gave away must not be given again.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from camshaft.category.terms import (
    Block,
    Constant,
    Each,
    Exit,
    Fork,
    Identity,
    Project,
    Term,
    Trap,
    While,
    compose,
    sequence,
)
from camshaft.language import named_expressions, references, taken_away, targets
from camshaft.language.aliases import ended
from camshaft.language.body import Body, ElementsMayGo, Ending, Loop, PlaceWanted, Rest, statement
from camshaft.language.conditions import learn, lower_test
from camshaft.language.diagnostics import Code
from camshaft.language.escapes import check_escapes
from camshaft.language.flow import Flow, Watched
from camshaft.language.homes import CHANGED, Alias, Ended, Picked
from camshaft.language.iteration import Capture, Iterated, bind, capture, captures_of, gone_over, own_key
from camshaft.language.keyed import (
    AsValue,
    AtPlace,
    Keyed,
    Part,
    Parts,
    at_place,
    element_path,
    names_of,
    on_others,
    places_in,
)
from camshaft.language.locating import path_of, with_keys
from camshaft.language.looked_up import look_up
from camshaft.language.lowered import Lowered, Path, PlaceRef, nothing, overlap, shown_path
from camshaft.language.pytypes import PyDict, PyType, core
from camshaft.language.scan import Changes, changes
from camshaft.language.statements import block, check_unbound, next_round
from camshaft.language.watching import watch
from camshaft.values.types import STR


@statement(ast.For)
def for_(body: Body, node: ast.For, rest: Rest) -> Term:
    """`for x in xs: … else: …`"""
    del rest
    kept = look_up(body, node.iter)
    while True:
        saved = body.saved()
        try:
            term = _for(body, node)
        except PlaceWanted as wanted:
            if wanted.loop is not node:
                raise
            (body.noticing if isinstance(wanted, ElementsMayGo) else body.as_places).add(node)
        else:
            return term if kept is None else sequence(kept, term)
        body.restore(saved)


def _for(body: Body, node: ast.For) -> Term:
    source = gone_over(body, node.iter)
    body.flow.begin_loop(node)
    if node in body.as_places and source.keyed is not None:
        return _over_places(body, node, source)

    def build(loop: Loop) -> Term:
        inner, port = body.flow.inner(core(source.element))
        element = Lowered(source.element, inner.scope.read(port), inner.scope.level, calm=True, stable=True)

        def round_() -> Term:
            captures = captures_of(body, node.target, element, source, _as_places(body, node, source))
            loop.captures = frozenset(one.root for one in captures)
            starts = [_bind(body, one) for one in captures]
            if source.keyed is not None:
                parts = {name.id: part for name, part in names_of(node.target, source.element, source.keyed.part)}
                _note_picks(body, node, source.keyed, [(one.root, parts[one.node.id]) for one in captures])
            return sequence(*[start for start in starts if start is not None], _round(body, loop, node))

        round_term = body.within(inner, round_)
        if source.watched is not None:
            check_escapes(body, loop, node, source.watched, source.element, follows=source.keyed is not None)
        # No round may have run: then what was known before is all that is known after.
        body.flow.join([body.flow.copy(), *loop.rounds])
        return compose(Fork((("0", Identity()), ("1", source.value.at(body.level)))), Each(round_term))

    return _ended(body, node, *_settled(body, node, build))


def _check_source(body: Body, source: Iterated) -> None:
    """At the start of a round over places: what was gathered to be gone over is still what it was. Raises Problem."""
    if source.watched is not None and source.watched.path is not None:
        name = str(source.watched.path[0])
        home = body.flow.homes.get(name)
        if isinstance(home, Ended) and home.what == CHANGED:
            raise ended(body, shown_path((name,)), home, source.node)


def _note_picks(body: Body, node: ast.For, keyed: Keyed, shown: Sequence[tuple[str, Part]]) -> None:
    """At the start of a round: which elements the loop's names, by their roots, show one by one.

    Where two of its names show elements of one container, one of them may show what another round shows by the other.
    """
    paths = [element_path(body, one) for one in places_in(keyed.part)]
    for root, part in shown:
        body.picks.pop(root, None)
        if isinstance(part, AtPlace) and not part.way:
            path = element_path(body, part)
            if sum(overlap(path, other) for other in paths) == 1:
                body.picks[root] = Picked(node, path, isinstance(part.base.type, PyDict))
    body.flow.placed -= {root for root, _ in shown}


def _as_places(body: Body, node: ast.For, source: Iterated) -> ast.AST | None:
    """The loop that has to go over places for the elements of this one to be at some: itself, or one around it."""
    if source.keyed is not None:
        return node
    roots = {borrow.capture for borrow in source.shares.borrows}
    if source.watched is not None and source.watched.path is not None:
        roots.add(source.watched.path[0])
    return next((one.loop for one in body.flow.variables.values() if one.loop and one.path[0] in roots), None)


def _over_places(body: Body, node: ast.For, source: Iterated) -> Term:
    """A loop whose elements are changed, or named, where they are: over what finds their places."""
    found = source.keyed
    assert found is not None

    def within(part: Part) -> Term:
        keyed = Keyed(found.value, part)
        return _ended(body, node, *_settled(body, node, lambda loop: _rounds(body, node, source, keyed, loop)))

    # What the keys of the containers are kept in may be assigned in the loop.
    return _with_fixed(body, found.part, within)


def _rounds(body: Body, node: ast.For, source: Iterated, keyed: Keyed, loop: Loop) -> Term:
    taken = taken_away.element(keyed.part) if node in body.noticing else None
    inner, port = body.flow.inner(core(keyed.element if taken is None else taken_away.pair(keyed, taken)))
    item = inner.scope.read(port)
    found = Lowered(keyed.element, item, inner.scope.level, calm=True, stable=True)

    def at_places() -> Term:
        _check_source(body, source)
        starts = _bind_places(body, node, source.element, keyed, found, loop)
        _watch_places(body, node, source, keyed)
        return sequence(*starts, _round(body, loop, node))

    def with_copy() -> Term:
        assert taken is not None
        copy = Lowered(taken.type, compose(item, Project("1")), found.level, calm=True, stable=True)
        starts = _bind_places(body, node, source.element, keyed, found, loop, copy)
        _watch_places(body, node, source, keyed)
        return sequence(*starts, _round(body, loop, node))

    def round_() -> Term:
        assert taken is not None
        return taken_away.either(body, taken, found, at_places, with_copy)

    if taken is None:
        rounds, over = body.within(inner, at_places), keyed.value.at(body.level)
    else:
        found = replace(found, term=compose(item, Project("0")))
        rounds, over = body.within(inner, round_), taken_away.with_copies(body, keyed, taken, node)
    body.flow.join([body.flow.copy(), *loop.rounds])
    return compose(Fork((("0", Identity()), ("1", over))), Each(rounds))


def _watch_places(body: Body, node: ast.For, source: Iterated, keyed: Keyed) -> None:
    """Nothing may be taken out of the containers whose elements the loop shows, nor move in them."""
    places = {body.flow.resolved(path_of(one.base)): one for one in places_in(keyed.part)}
    live = set[Path]()
    if source.watched is not None:
        live = {borrow.path for borrow in source.watched.borrows}
        live |= {body.flow.resolved(source.watched.path)} if source.watched.path is not None else set()
    for path, at in places.items():
        name = own_key(node.target, source)
        for one, part in names_of(node.target, source.element, keyed.part):
            if isinstance(part, AsValue) and part.term == at.key and isinstance(at.base.type, PyDict) and not at.way:
                name = one
        variable = None if name is None else body.flow.variables.get(name.id)
        key = "" if variable is None or len(places) > 1 else str(variable.path[0])
        copied = path not in live
        seen = Watched(path, node.iter, node, as_places=True, key=key, copied=copied)
        taken = taken_away.element(keyed.part)
        if taken is not None and copied and taken_away.comes_once(node.iter):
            names = [one.id for one, part in names_of(node.target, source.element, keyed.part) if part is taken]
            seen = replace(seen, can_notice=not body.names.slots & set(names))
            if node in body.noticing:
                root = str(body.flow.variables[names[0]].path[0])
                seen = replace(seen, notices=root if isinstance(body.flow.homes.get(root), Alias) else "")
        body.flow.watched += (seen,)
    if source.watched is not None:
        watch(body, source.watched, source.node, None, beside=places)


def _bind_places(
    body: Body, node: ast.For, type_: PyType, keyed: Keyed, found: Lowered, loop: Loop, copy: Lowered | None = None
) -> list[Term]:
    """Bind the loop's variables to the parts of an element, by what finds it: to places, and to values.

    `copy`: the element that was at a place, and was taken away since.
    """
    target, part = node.target, keyed.part
    if isinstance(target, ast.Name) and isinstance(part, Parts):
        raise body.problem(
            Code.ALIAS,
            "what this loop shows is changed or named in it, and it does not show it by a name of its own",
            target,
            "bind each: `for key, row in self.rows.items():`",
        )
    terms: list[Term] = []
    for name, one in names_of(target, type_, part):
        assert not isinstance(one, Parts)
        if isinstance(one, AsValue):
            value = replace(found, type=one.type, term=compose(found.term, one.term))
            term = _bind(body, capture(body, name, value, one.shares.borrows))
            terms += [] if term is None else [term]
        elif copy is not None:
            check_unbound(body, name)
            root, term = references.own(body, name, copy)
            terms.append(term)
        elif name.id in body.names.slots:
            terms.append(targets.assign_variable(body, name, at_place(body, one, found, name), name))
        else:
            check_unbound(body, name)
            root, term = references.show(body, name, at_place(body, one, found, name))
            loop.captures |= {root}
            terms.append(term)
            _note_picks(body, node, keyed, [(root, one)])
    return terms


def _with_fixed(body: Body, part: Part, build: Callable[[Part], Term]) -> Term:
    """Evaluate the keys of the containers' places once, and build a statement that may change what they are made of."""

    def fix(waiting: Sequence[AtPlace], fixed: dict[int, Lowered]) -> Term:
        if not waiting:
            return build(on_others(part, fixed))
        base = waiting[0].base
        assert base.place is not None
        path = body.flow.resolved(path_of(base))  # what the container is reached by may be another's name later
        keys = tuple(replace(key, stable=False) for key in base.place.keys)

        def within(place: PlaceRef) -> Term:
            return fix(waiting[1:], {**fixed, id(base): replace(base, place=place, path=path)})

        return with_keys(body, replace(base.place, keys=keys), within)

    return fix(list({id(one.base): one for one in places_in(part)}.values()), {})


@statement(ast.While)
def while_(body: Body, node: ast.While, rest: Rest) -> Term:
    """`while condition: … else: …`, as long as the fuel allows."""
    del rest

    def build(loop: Loop) -> Term:
        named_expressions.allow(body, node.test)
        tested = lower_test(body, node.test)
        inner = body.flow.copy()
        learn(inner, tested.true)
        inner.assigned |= tested.assigned_if_true
        condition = tested.value.at(body.level)
        round_term = body.within(inner, lambda: _round(body, loop, node))
        term: Term = While(condition, round_term)
        if isinstance(node.test, ast.Constant) and node.test.value:
            # Nothing follows the end of such a loop, so what it leads to may have any type.
            body.flow.live = False
            return sequence(term, compose(Constant(STR, "a loop without an end has ended"), Trap("AssertionError")))
        body.flow.join([body.flow.copy(), *loop.rounds])
        learn(body.flow, tested.false)
        body.flow.assigned |= tested.assigned_if_false
        return term

    return _ended(body, node, *_settled(body, node, build))


def _settled(body: Body, node: ast.For | ast.While, build: Callable[[Loop], Term]) -> tuple[Loop, Term]:
    """Lower a loop from what is known at the start of each of its rounds.

    That is what was known before it, joined with what is known at the end of each round: where the rounds turn out to
    leave less than they start from, they are lowered again, starting from that.
    """
    # What syntax alone tells saves most loops the second time.
    _expect(body.flow, changes(node.body if isinstance(node, ast.For) else [node.test, *node.body]))
    while True:
        saved = body.saved()
        loop = _loop(body)
        term = build(loop)
        head = saved.flow.copy()
        if not head.weaken(loop.rounds):
            return loop, term
        head.depth = saved.flow.depth
        body.restore(replace(saved, flow=head))


def _loop(body: Body) -> Loop:
    number = body.fresh("")
    return Loop(f"continue{number}", f"break{number}", body.flow.copy(), frozenset())


def _round(body: Body, loop: Loop, node: ast.For | ast.While) -> Term:
    """environment -> (): the statements of one round."""
    body.loops.append(loop)
    try:
        term = block(body, node.body, Ending.CONTINUE, node)
    finally:
        body.loops.pop()
    return Block(loop.continue_label, term) if loop.continues else term


def _ended(body: Body, node: ast.For | ast.While, loop: Loop, term: Term) -> Term:
    """environment -> (): the loop, what follows where it did not break, and where both ways meet."""
    if node.orelse and body.flow.live:
        term = sequence(term, block(body, node.orelse, Ending.FALL, node))
    if loop.breaks:
        body.flow.join([*([body.flow.copy()] if body.flow.live else []), *loop.breaks])
        term = Block(loop.break_label, term)
    return term


def _expect(flow: Flow, changed: Changes) -> None:
    """At the start of a round and after the loop, earlier rounds may have changed this."""
    for name in changed.variables:
        flow.forget(name)
    for root, node in changed.in_place.items():
        flow.forget(root)
        flow.mark_changed((root,), node)


def _bind(body: Body, captured: Capture) -> Term | None:
    """Bind a loop variable; the term assigns it where it is a variable that is assigned elsewhere too."""
    name = captured.node.id
    if name in body.names.slots:
        if captured.loop is not None:
            raise PlaceWanted(captured.loop)
        return targets.assign_variable(body, captured.node, captured.value, captured.node)
    check_unbound(body, captured.node)
    bind(body, captured)
    return None


@statement(ast.Break)
def break_(body: Body, node: ast.Break, rest: Rest) -> Term:
    """`break`"""
    del node, rest
    loop = body.loops[-1]
    loop.breaks.append(body.flow.copy())
    body.flow.live = False
    return compose(nothing(), Exit(loop.break_label))


@statement(ast.Continue)
def continue_(body: Body, node: ast.Continue, rest: Rest) -> Term:
    """`continue`"""
    loop = body.loops[-1]
    next_round(body, loop, node)
    if rest.ending is Ending.CONTINUE:
        return nothing()
    loop.continues = True
    return compose(nothing(), Exit(loop.continue_label))
