"""Methods and functions to terms; the machine's methods in an order in which each calls only those before it."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter

from camshaft.category.ports import Scope
from camshaft.category.terms import Block, Fork, Identity, Locals, Term, compose, sequence
from camshaft.language import failures, loops, matching, operators, references
from camshaft.language.body import Body, CopyWanted, Ending, ReferencesWanted
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.flow import Variable
from camshaft.language.gathering import stored_in
from camshaft.language.given_places import NoPlace
from camshaft.language.homes import shown
from camshaft.language.lowered import GIVEN_OBJECT, SELF, Borrow, Lowered, nothing
from camshaft.language.pytypes import PyType, core, is_mutable
from camshaft.language.scan import changes, names_bound, names_rebound, names_returned, self_uses
from camshaft.language.signatures import problem
from camshaft.language.statements import RETURN_LABEL, block
from camshaft.language.syntax import children, nodes_of
from camshaft.language.undecided import TypeSeen
from camshaft.language.unit import (
    Behaviour,
    GivenPlace,
    Lowering,
    ParameterSignature,
    PlaceGiver,
    Signature,
    Unit,
    free_key,
)

# Handlers are registered when their modules are imported; these are imported for nothing else.
HANDLERS_REGISTERED = (failures, loops, matching, operators)

MAX_SYNTAX_DEPTH = 80
"""How deep a method's syntax may nest. Code that nests deeper would be refused by every node."""
MAX_CHAIN = 60
"""How many parts a chain of conditions, comparisons or cases may have, since each nests in the one before."""

# ---- the order of methods --------------------------------------------------------------------------------------------


def order(unit: Unit) -> list[str]:
    """The methods in an order in which each calls only those before it. Reports recursion with its whole circle."""
    calls = {name: calls_of(unit, found.node) for name, found in unit.signatures.items()}
    try:
        return list(TopologicalSorter(calls).static_order())
    except CycleError as error:
        # Each of the circle comes before the one that calls it.
        circle = list(reversed(error.args[1]))
        node = calls[circle[0]][circle[1]]
        recursion = problem(
            unit,
            Code.RECURSION,
            f"methods call each other in a circle: {' -> '.join(circle)}",
            node,
            "write a loop, and keep what is still to do in a list",
        )
        unit.report(recursion, f"{unit.prefix}{circle[0]}")
        return list(calls)


def calls_of(unit: Unit, definition: ast.FunctionDef) -> dict[str, ast.AST]:
    """The machine's own methods that a method calls, and the properties that it reads, each with a node that does."""
    found: dict[str, ast.AST] = {}
    for name, node in self_uses(definition.body):
        signature = unit.signatures.get(name)
        if signature is not None and (signature.is_property or isinstance(node, ast.Call | ast.keyword)):
            found.setdefault(name, node)
    return found


def called_methods(unit: Unit) -> set[str]:
    """The machine's own methods that others of it call."""
    return {name for found in unit.signatures.values() for name in calls_of(unit, found.node)}


# ---- bodies ----------------------------------------------------------------------------------------------------------


def lower_body(unit: Unit, found: Signature) -> Lowering:
    """Lower a method. Its problems are kept in the unit, and then the term means nothing."""
    inside = f"{unit.prefix}{found.name}"
    too_deep = _too_deep(unit, found.node)
    if too_deep is not None:
        unit.report(too_deep, inside)
        return Lowering(nothing(), Behaviour())
    if found.gives_place:
        given = _with_place(unit, inside, found)
        return Lowering(nothing(), Behaviour()) if given is None else Lowering(given[1], Behaviour(), given[0])
    body, term = _lowered(unit, inside, found)
    behaviour = Behaviour(
        frozenset(body.writes),
        frozenset(body.changes),
        frozenset(body.stores),
        frozenset(body.alters),
        body.takes,
        frozenset(body.altered),
        frozenset(body.returns),
        body.returns_new,
        stored_in(body),
    )
    return Lowering(term, behaviour)


def lower_place_giver(unit: Unit, found: Signature) -> PlaceGiver | None:
    """A method as a function that tells the place of its result; None where that is not always at one place."""
    inside = f"{unit.prefix}{found.name}"
    if _too_deep(unit, found.node) is not None:
        return None
    given = _with_place(unit, inside, found)
    return None if given is None else PlaceGiver(free_key(unit, f"{found.name}_place"), *given)


def _with_place(unit: Unit, inside: str, found: Signature) -> tuple[GivenPlace, Term] | None:
    reported = len(unit.diagnostics)
    place: GivenPlace | None = None
    try:
        # What tells that there is no result has the types of the keys, which only the other results show.
        for _ in range(2):
            body, term = _lowered(unit, inside, found, gives_place=True, given_place=place)
            place = body.given_place
    except NoPlace:
        return None
    finally:
        wrong = len(unit.diagnostics) > reported
        del unit.diagnostics[reported:]
    return None if wrong or place is None else (place, term)


def _lowered(
    unit: Unit, inside: str, found: Signature, *, gives_place: bool = False, given_place: GivenPlace | None = None
) -> tuple[Body, Term]:
    """A method's body and its term, lowered anew for each type, and each list of places, that only its use shows."""
    inferred: dict[str, PyType] = {}
    referring: set[str] = set()
    copied: set[str] = set()
    while True:
        reported = len(unit.diagnostics)
        body = _body(unit, inside, found)
        body.gives_place, body.given_place, body.inferred = gives_place, given_place, inferred
        body.references, body.shown_only = referring, copied
        if gives_place:
            # Its callers may change what these stand for.
            body.touched = body.touched | names_returned(found.node.body)
        try:
            term = _term(body, found)
        except TypeSeen as seen:
            inferred[seen.name] = seen.type
            del unit.diagnostics[reported:]
        except ReferencesWanted as wanted:
            referring.add(wanted.name)
            del unit.diagnostics[reported:]
        except CopyWanted as wanted:
            copied.add(wanted.name)
            del unit.diagnostics[reported:]
        else:
            for _, never_seen in body.undecided.values():
                body.report(never_seen)
            return body, term


def _body(unit: Unit, inside: str, found: Signature) -> Body:
    body = Body(unit, inside, found.result, names_bound(found.node.body))
    body.loads = [one for one in nodes_of(found.node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)]
    body.touched = changes(found.node.body).in_place.keys()
    body.only_read = names_rebound(found.node.body) - body.touched
    body.statements = found.node.body
    body.gives_result = unit.constructible is not None
    body.of_object = found.of_object
    body.standing = found.standing
    return body


def _term(body: Body, found: Signature) -> Term:
    given = found.parameters
    if body.standing is not None:
        given = given[len(body.standing.place.keys) :]
        references.stand(body, body.standing, found.node)
    starts = [term for one in given for term in _parameter(body, found, one)]
    statements = found.node.body
    term = sequence(*starts, block(body, statements, Ending.RETURN, found.node))
    if body.exits:
        term = Block(RETURN_LABEL, term)
    if found.changes_object:
        term = compose(term, Fork((("0", references.own_object(body)), ("1", Identity()))))
    return Locals(body.slot_record(), term) if body.slots else term


def _parameter(body: Body, found: Signature, one: ParameterSignature) -> list[Term]:
    """Bind a parameter; the term puts it into a slot where the method assigns to it."""
    scope = Scope()
    value = Lowered(one.type, scope.read(scope.base(one.name, core(one.type))), 0, calm=True, stable=True)
    changed = found.changes_object and one.name == SELF
    if changed and SELF not in body.names.slots:
        return [references.take_object(body, one.type, value)]
    if one.name not in body.names.slots:
        parameter = body.unit.constructible is None
        # `self` alone is the way into the state; that of a value's method is a parameter like any other.
        path = (GIVEN_OBJECT if one.name == SELF else one.name,)
        body.flow.variables[one.name] = Variable(one.name, one.type, path, value=value, parameter=parameter)
        body.parameters |= {str(path[0])} if parameter else set()
        return []
    node = next(arg for arg in ast.walk(found.node.args) if isinstance(arg, ast.arg) and arg.arg == one.name)
    if one.name == SELF:
        body.report(
            body.problem(Code.UNSUPPORTED, "`self` cannot be assigned", node, "give the new value a name of its own")
        )
    if changed:
        return [references.take_object(body, one.type, value)]
    variable = body.declare(one.name, one.type, node)
    body.flow.assigned.add(one.name)
    if not is_mutable(one.type):
        return [body.put_variable(variable, value)]
    root = f"{one.name}#given"
    body.parameters.add(root)
    body.flow.homes[one.name] = shown([Borrow((root,), one.type, node)], node)
    return [references.stored(variable, value, body.level)]


def _too_deep(unit: Unit, definition: ast.FunctionDef) -> Problem | None:
    """The problem of code that nests too deeply, or becomes code that does. Found without recursion."""
    waiting: list[tuple[ast.AST, int]] = [(definition, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > MAX_SYNTAX_DEPTH:
            return problem(
                unit,
                Code.TOO_DEEP,
                f"the code of `{definition.name}` nests more than {MAX_SYNTAX_DEPTH} deep",
                definition,
                "split it into helper methods, or a long `elif` into a dict or a `match`",
            )
        match node:
            case ast.BoolOp(values=parts) | ast.Compare(ops=parts) | ast.Match(cases=parts):
                if len(parts) > MAX_CHAIN:
                    return problem(
                        unit,
                        Code.TOO_DEEP,
                        f"this has {len(parts)} parts, each of which is reached through those before it",
                        node,
                        f"at most {MAX_CHAIN}: split it, or look the answer up in a dict",
                    )
            case _:
                pass
        waiting.extend([(child, depth + 1) for child in children(node)])
    return None
