"""The methods of dicts."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from camshaft.category.terms import (
    Case,
    Constant,
    Distribute,
    Each,
    Fork,
    Identity,
    If,
    Inject,
    Primitive,
    Project,
    Term,
    Trap,
    compose,
    fork,
)
from camshaft.language import aliases
from camshaft.language.body import Body, lower
from camshaft.language.change import Kind
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import applied, check_order, fits, fitted, joined, widening
from camshaft.language.iteration import Iterated, elements_of, view, view_of
from camshaft.language.key_forms import fitted_key, frozen, thawed
from camshaft.language.library.changes import (
    Container,
    argument,
    bound,
    check_apart,
    defaulted,
    given,
    giving,
    looked_up,
    on_place,
)
from camshaft.language.library.handlers import ChangeHandler, MethodHandler, MethodName, Parameter, matched
from camshaft.language.library.sequences import forward
from camshaft.language.lowered import Lowered, PlaceRef, constant
from camshaft.language.pytypes import (
    PY_INT,
    PY_STR,
    PyDict,
    PyTuple,
    PyType,
    as_key,
    core,
    is_mutable,
    shown,
)
from camshaft.language.unions import optional
from camshaft.values.types import Variant


def _get(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
    """`d.get(k)` and `d.get(k, default)`, whose default is evaluated in any case."""
    del expected
    type_ = base.type
    assert isinstance(type_, PyDict)
    if not 1 <= len(node.args) <= 2 or node.keywords:
        raise body.problem(Code.ARGUMENTS, "`get` takes a key and perhaps a default", node, "write `d.get(k, 0)`")
    key = fitted_key(body, node.args[0], type_.key, "the key")
    assert isinstance(node.func, ast.Attribute)
    operands: list[tuple[Lowered, ast.AST]] = [(base, node.func.value), (key, node.args[0])]
    check_order(body, operands)
    parts = tuple(borrow.step(None, type_.value) for borrow in base.borrows) if is_mutable(type_.value) else ()
    found = Lowered(
        type_,  # never read: the variant of what was found is no type of the language
        compose(
            Fork((("0", base.at(body.level)), ("1", key.at(body.level)))),
            Primitive("map_find"),
        ),
        body.level,
        calm=base.calm and key.calm,
        writes=base.writes | key.writes,
    )
    if len(node.args) == 1:
        result = optional(type_.value)
        variant = core(result)
        assert isinstance(variant, Variant)
        cases = Case((("found", widening(type_.value, result)), ("missing", Inject(variant, "None"))))
        known = base.place is not None and (key.calm or base.place.is_known) and result != type_.value
        maybe = base.place.element(key) if base.place is not None and known else None
        return replace(found, type=result, term=compose(found.term, cases), borrows=parts, maybe=maybe)
    default = lower(body, node.args[1], type_.value)
    check_order(body, [*operands, (default, node.args[1])])
    common = type_.value if fits(default.type, type_.value) else joined(body, [type_.value, default.type], node)
    fallback = fitted(body, default, common, node.args[1])
    # The default is evaluated in any case, after the lookup, which cannot fail.
    both = Fork((("0", found.term), ("1", fallback.at(body.level))))
    cases = Case(
        (("found", compose(Project("0"), widening(type_.value, common))), ("missing", Project("1"))),
    )
    return replace(
        found,
        type=common,
        term=compose(both, Distribute("0"), cases),
        calm=found.calm and fallback.calm,
        borrows=tuple(borrow.held() for borrow in (*parts, *fallback.borrows)),
        writes=found.writes | fallback.writes,
    )


def _view(name: str) -> MethodHandler:
    def handler(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
        del base, expected
        raise body.problem(
            Code.UNSUPPORTED,
            f"`{name}()` shows the dict itself, which may change: it can only be iterated or copied",
            node,
            f"write `list({ast.unparse(node)})`",
        )

    return handler


def _copy(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
    """`d.copy()`, which is `dict(d)`"""
    del expected
    matched(body, node, "copy", ())
    assert isinstance(base.type, PyDict)
    return copied(base, base.type)


def copied(value: Lowered, type_: PyDict) -> Lowered:
    """A new dict of the same entries."""
    mutable = is_mutable(type_.value)
    borrows = tuple(borrow.step(None, type_.value).collected() for borrow in value.borrows) if mutable else ()
    return replace(value.as_value(), borrows=borrows, stable=False)


# ---- changes that give a value ---------------------------------------------------------------------------------------

_KEY: Final = Parameter("key", positional=True)
_DEFAULT: Final = Parameter("default", positional=True, optional=True)


def _taken(body: Body, place: PlaceRef) -> Term:
    """environment -> what is at a place, which is taken away."""
    return compose(fork(place.get(body.level), place.delete(body.level)), Project("0"))


def _pop(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
    """`d.pop(k)`, `d.pop(k, default)`"""
    assert isinstance(base.type, PyDict)
    type_ = base.type
    arguments = matched(body, node, "pop", [_KEY, _DEFAULT])
    common = type_.value
    if "default" in arguments:
        # Lowered here for its type only: it is evaluated after the key, where the place is known.
        kind = body.within(body.flow.copy(), lambda: lower(body, arguments["default"], expected or type_.value)).type
        common = type_.value if fits(kind, type_.value) else joined(body, [type_.value, kind], node)

    def build(found: Container) -> Term:
        key = frozen(argument(body, found, arguments["key"], type_.key, "the key"))
        if "default" not in arguments:
            aliases.changed(body, Kind.REPLACES, (*found.path, None), node, arguments["key"], takes=True)
            term = bound(body, [key], lambda values: _taken(body, found.element(values[0])))
            return looked_up(body, found, [key], term)
        default = argument(body, found, arguments["default"], common, "the default of `pop`")
        check_order(body, [(key, arguments["key"]), (default, arguments["default"])])
        if default.borrows:
            raise body.problem(
                Code.ALIAS,
                "the default of `pop` would be another name for what it is read from",
                arguments["default"],
                "test first: `if k in d:`",
            )
        aliases.changed(body, Kind.REPLACES, (*found.path, None), node)

        def either(values: Sequence[Lowered]) -> Term:
            is_there = applied(Primitive("map_contains"), [found.get(body), values[0].at(body.level)])
            taken = compose(_taken(body, found.element(values[0])), widening(type_.value, common))
            return If(is_there, taken, values[1].at(body.level))

        return looked_up(body, found, [key, default], bound(body, [key, default], either))

    return giving(body, node, common, build)


def _popitem(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
    """`d.popitem()`: the entry that was added last."""
    del expected
    assert isinstance(base.type, PyDict)
    type_ = base.type
    matched(body, node, "popitem", ())

    def build(found: Container) -> Term:
        aliases.changed(body, Kind.REPLACES, (*found.path, None), node)
        keys = compose(found.get(body), Primitive("keys"))
        at_end = applied(Primitive("list_index"), [keys, constant(PY_INT, -1).term])
        last = Lowered(as_key(type_.key), at_end, body.level)
        entry = bound(
            body, [last], lambda values: fork(thawed(values[0]).at(body.level), _taken(body, found.element(values[0])))
        )
        empty = compose(constant(PY_STR, "popitem of an empty dict").term, Trap("KeyError"))
        return If(_is_empty(found.get(body)), empty, entry)

    return giving(body, node, PyTuple((type_.key, type_.value)), build)


def _is_empty(container: Term) -> Term:
    return applied(Primitive("equal"), [compose(container, Primitive("length")), constant(PY_INT, 0).term])


def _setdefault(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
    """`d.setdefault(k, x)`: the value that is there, or else `x`, which is there from then on."""
    del expected
    assert isinstance(base.type, PyDict)
    return giving(
        body,
        node,
        base.type.value,
        lambda found: defaulted(body, node, found, lambda entry: entry.get(body)),
        borrows=True,
    )


# ---- changes ---------------------------------------------------------------------------------------------------------


def _update(body: Body, node: ast.Call, function: ast.Attribute) -> Term:
    """`d.update(other)`, `d.update(a=1)`, `d.update(other, a=1)`: the entries one by one, each in its place."""
    named = [keyword for keyword in node.keywords if keyword.arg is not None]
    others: list[ast.expr] = []
    if node.args or len(named) < len(node.keywords) or not named:
        unnamed = [keyword for keyword in node.keywords if keyword.arg is None]
        call = ast.copy_location(ast.Call(node.func, node.args, unnamed), node)
        others.append(matched(body, call, "update", [Parameter("other", positional=True)])["other"])
    if named:
        keys: list[ast.expr | None] = [ast.copy_location(ast.Constant(one.arg), one.value) for one in named]
        others.append(ast.copy_location(ast.Dict(keys, [one.value for one in named]), named[0].value))

    def build(found: Container) -> Term:
        assert isinstance(found.type, PyDict)
        sources = [_entries(body, one, found.type) for one in others]
        for source, other in zip(sources, others, strict=True):
            _check_entries(body, found, source, other)
            shared = Lowered(found.type.value, source.value.term, body.level, borrows=source.shares.borrows)
            given(body, found, shared, other, f"a value of `{found.name}`")
        values = [source.value for source in sources]
        check_order(body, list(zip(values, others, strict=True)))
        aliases.changed(body, Kind.REPLACES, (*found.path, None), node)
        # One scope deeper, within the round, the entry is what the round is given.
        entry = frozen(Lowered(found.type.key, compose(Project("1"), Project("0")), body.level + 1))
        adding = found.element(entry).put(compose(Project("1"), Project("1")), body.level + 1)
        entries = [value.at(body.level) for value in values]
        all_ = entries[0] if len(entries) == 1 else applied(Primitive("concat"), entries)
        loop = compose(Fork((("0", Identity()), ("1", all_))), Each(adding))
        return looked_up(body, found, values, loop, in_rounds=True)

    return on_place(body, function.value, build)


def _entries(body: Body, node: ast.expr, type_: PyDict) -> Iterated:
    """The entries of a dict, or pairs. Raises Problem."""
    found = view(body, forward(body, node, "update"))
    if found is not None:
        return found
    value = lower(body, node, type_)
    if isinstance(value.type, PyDict):
        return view_of(body, node, value, value.type, "items")
    return elements_of(body, node, value)


def _check_entries(body: Body, found: Container, source: Iterated, node: ast.expr) -> None:
    assert isinstance(found.type, PyDict)
    wanted = PyTuple((found.type.key, found.type.value))
    if source.element != wanted:
        raise body.problem(
            Code.MISMATCH,
            f"the entries of `{found.name}` are `{shown(wanted)}`, and these are `{shown(source.element)}`",
            node,
            "assign them in a loop: `for k, v in other.items(): d[k] = v`",
        )
    check_apart(body, found, source.value, node)


def _clear(body: Body, node: ast.Call, function: ast.Attribute) -> Term:
    """`d.clear()`"""
    matched(body, node, "clear", ())

    def build(found: Container) -> Term:
        aliases.changed(body, Kind.REPLACES, (*found.path, None), node)
        # The dict itself is looked up too: where there is none, Python fails.
        return found.put(body, compose(found.get(body), Constant(core(found.type), {})))

    return on_place(body, function.value, build)


METHODS: Final[dict[MethodName, MethodHandler]] = {
    (PyDict, "get"): _get,
    (PyDict, "keys"): _view("keys"),
    (PyDict, "values"): _view("values"),
    (PyDict, "items"): _view("items"),
    (PyDict, "copy"): _copy,
    (PyDict, "pop"): _pop,
    (PyDict, "popitem"): _popitem,
    (PyDict, "setdefault"): _setdefault,
}

CHANGES: Final[dict[MethodName, ChangeHandler]] = {(PyDict, "update"): _update, (PyDict, "clear"): _clear}

HINTS: Final[dict[MethodName, str]] = {(PyDict, "fromkeys"): "write a comprehension: `{k: 0 for k in keys}`"}
