"""The methods of lists and tuples."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Final

from camshaft.category.terms import (
    Constant,
    Each,
    Fork,
    Identity,
    Primitive,
    Project,
    Term,
    compose,
    fork,
)
from camshaft.language import aliases, moves, targets
from camshaft.language.access import access
from camshaft.language.body import Body, lower
from camshaft.language.change import Kind
from camshaft.language.counts import count, counted
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import applied, check_order, fits, fitted, operation
from camshaft.language.iteration import Iterated, elements_of, view
from camshaft.language.library.changes import (
    Container,
    argument,
    bound,
    check_apart,
    given,
    giving,
    looked_up,
    on_place,
)
from camshaft.language.library.handlers import ChangeHandler, MethodHandler, MethodName, Parameter, matched
from camshaft.language.library.ordering import put_in_order
from camshaft.language.library.sequences import forward
from camshaft.language.locating import changeable, path_of
from camshaft.language.lowered import SELF, Lowered, constant, overlap
from camshaft.language.parts import fitted_index
from camshaft.language.pytypes import PY_INT, PyList, PySequence, PyTuple, PyType, core, shown
from camshaft.language.scan import is_self

_ELEMENT: Final = (Parameter("x", positional=True),)


def _element(found: Container) -> PyType:
    assert isinstance(found.type, PyList)
    return found.type.element


# ---- what they are asked ---------------------------------------------------------------------------------------------


def _asked(name: str, primitive: str, *, total: bool) -> MethodHandler:
    """`xs.index(x)`, `xs.count(x)`"""

    def handler(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
        del expected
        assert isinstance(node.func, ast.Attribute)
        where = matched(body, node, name, _ELEMENT)["x"]
        source = elements_of(body, node.func.value, base)
        value = fitted(body, lower(body, where, source.element), source.element, where, f"what `{name}` looks for")
        check_order(body, [(base, node.func.value), (value, where)])
        return operation(
            body, PY_INT, Primitive(primitive), [(source.value, node.func.value), (value, where)], total=total
        )

    return handler


def _copy(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
    """`xs.copy()`, which is `list(xs)`"""
    del expected
    matched(body, node, "copy", ())
    assert isinstance(node.func, ast.Attribute)
    return elements_of(body, node.func.value, base).listed(base.type)


def _pop(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
    """`xs.pop()`, `xs.pop(0)`"""
    del expected
    assert isinstance(base.type, PyList)
    where = matched(body, node, "pop", [Parameter("index", positional=True, optional=True)]).get("index")

    def build(found: Container) -> Term:
        if where is None:
            index = constant(PY_INT, -1, body.level)
        else:
            index = count(fitted_index(body, where), where)
            check_apart(body, found, index, where)
        aliases.changed(body, Kind.SHIFTS, found.path, node)

        def taken(at: Lowered) -> Term:
            place = found.element(at)
            return compose(fork(place.get(body.level), place.delete(body.level)), Project("0"))

        return looked_up(body, found, [index], bound(body, [index], lambda values: taken(values[0])))

    return giving(body, node, base.type.element, build)


# ---- changes ---------------------------------------------------------------------------------------------------------


def _append(body: Body, node: ast.Call, function: ast.Attribute) -> Term:
    """`xs.append(x)`"""
    if not (isinstance(function.value, ast.Call) and isinstance(function.value.func, ast.Attribute)):
        return targets.append(body, node, function)
    where = matched(body, node, "append", _ELEMENT)["x"]

    def build(found: Container) -> Term:
        what = f"an element of `{found.name}`"
        value = given(body, found, argument(body, found, where, _element(found), what), where, what)
        aliases.changed(body, Kind.GROWS, found.path, node)
        return looked_up(body, found, [value], found.place.append(value.at(body.level), body.level))

    return on_place(body, function.value, build)


def _extend(body: Body, node: ast.Call, function: ast.Attribute) -> Term:
    """`xs.extend(ys)`"""
    where = matched(body, node, "extend", [Parameter("iterable", positional=True)])["iterable"]

    def build(found: Container) -> Term:
        source = view(body, forward(body, where, "extend")) or elements_of(body, where, lower(body, where, found.type))
        _check_elements(body, found, source, where)
        path = None if source.watched is None else source.watched.path
        borrows = aliases.all_of(body, path, source.shares.borrows)
        taken = Lowered(source.element, source.value.term, body.level, borrows=borrows)
        given(body, found, taken, where, f"an element of `{found.name}`")
        aliases.changed(body, Kind.GROWS, found.path, node)
        # The keys are read within the round, one scope deeper; the element is what the round is given.
        adding = found.place.append(Project("1"), body.level + 1)
        loop = compose(Fork((("0", Identity()), ("1", source.value.at(body.level)))), Each(adding))
        return looked_up(body, found, [source.value], loop, in_rounds=True)

    return on_place(body, function.value, build)


def _check_elements(body: Body, found: Container, source: Iterated, node: ast.expr) -> None:
    if source.element != _element(found):
        raise body.problem(
            Code.MISMATCH,
            f"the elements of `{found.name}` are `{shown(_element(found))}`, and these are `{shown(source.element)}`",
            node,
            f"give it elements of the type `{shown(_element(found))}`"
            if not fits(source.element, _element(found))
            else "append them in a loop: `for y in ys: xs.append(y)`",
        )
    check_apart(body, found, source.value, node)


_INSERT: Final = (Parameter("index", positional=True), Parameter("x", positional=True))


def _rewritten(name: str, kind: Kind, make: Callable[[Body, Container, dict[str, ast.expr]], Term]) -> ChangeHandler:
    """A method that puts another list in place of the one that is there."""
    parameters = {
        "insert": _INSERT,
        "remove": [Parameter("x", positional=True)],
        "sort": [Parameter("key", optional=True, keyword=True), Parameter("reverse", optional=True, keyword=True)],
    }.get(name, [])

    def handler(body: Body, node: ast.Call, function: ast.Attribute) -> Term:
        arguments = matched(body, node, name, parameters)

        def build(found: Container) -> Term:
            value = make(body, found, arguments)
            aliases.changed(body, kind, found.path, node)
            return found.put(body, value)

        return on_place(body, function.value, build)

    return handler


def _insert(body: Body, node: ast.Call, function: ast.Attribute) -> Term:
    """`xs.insert(0, x)`: a name whose own object goes there stands for that element from then on."""
    arguments = matched(body, node, "insert", _INSERT)
    one = arguments["x"]
    if not isinstance(function.value, ast.Call) and isinstance(one, ast.Name):
        index = body.within(body.flow.copy(), lambda: fitted_index(body, arguments["index"]))
        base = access(body, function.value)
        assert isinstance(base.type, PyList)
        value = lower(body, one, base.type.element)
        moving = moves.movable(body, value, base.type.element, node)
        if moving is not None and not index.writes:
            place = changeable(body, base, function.value)
            index = count(fitted_index(body, arguments["index"]), arguments["index"])
            path = body.flow.resolved(path_of(base))
            aliases.changed(body, Kind.SHIFTS, path_of(base), node)
            return moves.move_to_index(body, moving, value, place, path, node, index)
    return _inserting(body, node, function)


def _inserted(body: Body, found: Container, arguments: dict[str, ast.expr]) -> Term:
    """`xs.insert(0, x)`"""
    index = fitted_index(body, arguments["index"])
    check_apart(body, found, index, arguments["index"])
    what = f"an element of `{found.name}`"
    value = argument(body, found, arguments["x"], _element(found), what)
    check_order(body, [(index, arguments["index"]), (value, arguments["x"])])
    value = given(body, found, value, arguments["x"], what)
    operands = [found.get(body), index.at(body.level), value.at(body.level)]
    return applied(counted(Primitive("list_insert"), 1, arguments["index"]), operands)


_inserting: Final = _rewritten("insert", Kind.SHIFTS, _inserted)


def _removed(body: Body, found: Container, arguments: dict[str, ast.expr]) -> Term:
    """`xs.remove(x)`"""
    value = argument(body, found, arguments["x"], _element(found), "what `remove` looks for")
    return applied(Primitive("list_remove"), [found.get(body), value.at(body.level)])


def _cleared(body: Body, found: Container, arguments: dict[str, ast.expr]) -> Term:
    """`xs.clear()`"""
    del arguments
    # The list itself is looked up too: where there is none, Python fails.
    return compose(found.get(body), Constant(core(found.type), []))


def _reversed(body: Body, found: Container, arguments: dict[str, ast.expr]) -> Term:
    """`xs.reverse()`"""
    del arguments
    return compose(found.get(body), Primitive("list_reversed"))


def _sorted(body: Body, found: Container, arguments: dict[str, ast.expr]) -> Term:
    """`xs.sort(key=lambda x: …, reverse=True)`"""
    key = arguments.get("key")
    if key is not None and _looks_at(body, key, found):
        raise body.problem(
            Code.ORDER,
            f"while Python sorts `{found.name}` it is empty, and this key may look at it",
            key,
            f"sort a copy: `{found.name} = sorted({found.name}, key=…)`",
        )
    element = _element(found)
    value = Lowered(found.type, found.get(body), body.level, calm=not found.place.keys)
    source = Iterated(found.node, value, element, watched=None)
    ordered = put_in_order(body, source, arguments)
    found.written.update(ordered.writes)
    check_apart(body, found, ordered, found.node)
    return ordered.at(body.level)


def _looks_at(body: Body, key: ast.expr, found: Container) -> bool:
    """Whether a key may read the list that is being sorted: it names that, or calls a method of the machine."""
    names = {node.id for node in ast.walk(key) if isinstance(node, ast.Name)} - {SELF}
    if any(overlap(body.flow.resolved((name,)), found.owner) for name in names):
        return True
    if found.owner[0] != SELF:
        return False
    called = {node.func for node in ast.walk(key) if isinstance(node, ast.Call)}
    for node in ast.walk(key):
        match node:
            case ast.Attribute(value=owner, attr=field) if is_self(owner):
                if field == found.owner[1] or node in called or node is key:
                    return True
            case _:
                pass
    return False


METHODS: Final[dict[MethodName, MethodHandler]] = {
    **{
        (kind, name): handler
        for kind in (PyList, PySequence, PyTuple)
        for name, handler in {
            "index": _asked("index", "list_position", total=False),
            "count": _asked("count", "list_count", total=True),
        }.items()
    },
    (PyList, "copy"): _copy,
    (PyList, "pop"): _pop,
}

CHANGES: Final[dict[MethodName, ChangeHandler]] = {
    (PyList, "append"): _append,
    (PyList, "extend"): _extend,
    (PyList, "insert"): _insert,
    (PyList, "remove"): _rewritten("remove", Kind.SHIFTS, _removed),
    (PyList, "clear"): _rewritten("clear", Kind.SHIFTS, _cleared),
    (PyList, "sort"): _rewritten("sort", Kind.SHIFTS, _sorted),
    (PyList, "reverse"): _rewritten("reverse", Kind.SHIFTS, _reversed),
}
