"""Machines of containers in containers, and of little but handing them about.

Values are built of each other, kept under two names, given to functions and got from them, and stored at several
places; then one of these places is changed.

Generated code changes containers in place. A value that is at two places must then be two containers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from hypothesis import strategies as st

from camshaft.bytecode.program import Parameter, Place
from camshaft.category import terms as t
from camshaft.category.assembler import FunctionSource, MethodSource, ProgramSource
from camshaft.category.terms import Term
from camshaft.values.types import INT, STR, UNIT, List, Map, Record, Type, Variant, tuple_of

ROW: Final = List(INT)
ROWS: Final = List(ROW)
BY: Final = Map(STR, ROW)
PAIR: Final = tuple_of(ROW, ROWS)
EITHER: Final = Variant((("row", ROW), ("rows", ROWS)))
STATE: Final = Record((("row", ROW), ("rows", ROWS), ("by", BY), ("pair", PAIR), ("either", EITHER)))
INITIAL: Final = ([1], [[2], [3]], {"a": [4], "b": [5]}, ([6], [[7]]), ("row", [8]))
ARGUMENTS: Final = (Parameter("x", ROWS),)
_SLOTS: Final = Record((("v", ROW), ("w", ROWS)))

_PLACES: Final[dict[Type, tuple[Place, ...]]] = {
    ROW: (Place(0, ("row",)), Place(0, ("pair", "0")), Place(1)),
    ROWS: (Place(0, ("rows",)), Place(0, ("pair", "1")), Place(2)),
    BY: (Place(0, ("by",)),),
    PAIR: (Place(0, ("pair",)),),
    EITHER: (Place(0, ("either",)),),
}
_ELEMENTS: Final = (Place(0, ("rows", None)), Place(0, ("pair", "1", None)), Place(2, (None,)))
_ENTRY: Final = Place(0, ("by", None))
_CONSTANTS: Final[dict[Type, Any]] = {
    ROW: [1],
    ROWS: [[1], [2]],
    BY: {"a": [1], "b": []},
    PAIR: ([1], [[2]]),
    EITHER: ("rows", [[1]]),
}
FUNCTIONS: Final[dict[str, tuple[Type, Type]]] = {
    "same_row": (ROW, ROW),
    "same_rows": (ROWS, ROWS),
    "pair": (ROW, PAIR),
    "made": (ROWS, ROWS),
}


@dataclass(frozen=True)
class _Around:
    """What a term can reach: the ways to the containers that its input holds, whether there are local slots and
    functions, and how far it may still grow."""

    ways: tuple[tuple[tuple[str, ...], Type], ...]
    slots: bool = True
    functions: bool = True
    size: int = 3

    def smaller(self) -> _Around:
        return replace(self, size=self.size - 1)

    def named(self, type_: Type) -> _Around:
        """Where the input is a pair, of what it was and something else."""
        return replace(self, ways=(*((("0", *way), found) for way, found in self.ways), (("1",), type_)))


def containers(value: Any) -> Iterator[int]:
    """The identities of the lists and dicts in a value, each as often as it is reached."""
    pending = [value]
    while pending:
        found = pending.pop()
        if isinstance(found, list | dict):
            yield id(found)
        if isinstance(found, list | tuple):
            pending.extend(found)
        elif isinstance(found, dict):
            pending.extend(found.values())


@st.composite
def sharing(draw: st.DrawFn) -> ProgramSource:
    """A machine with functions and one method."""
    functions = []
    for name, (domain, codomain) in FUNCTIONS.items():
        around = _Around((((), domain),), slots=False, functions=False, size=2)
        functions.append(FunctionSource(name, domain, codomain, _value(draw, codomain, around)))
    around = _Around(((("x",), ROWS),))
    result = _one_of(draw, UNIT, ROWS, PAIR)
    last = t.Fork(()) if result is UNIT else _value(draw, result, around)
    full = [t.operate(t.Put(Place(slot)), t.Constant(of, _CONSTANTS[of])) for slot, of in ((1, ROW), (2, ROWS))]
    body = t.sequence(*full, _some(draw, around, least=2), last)
    method = MethodSource("m", ARGUMENTS, result, t.Locals(_SLOTS, body))
    return ProgramSource("generated", STATE, t.Constant(STATE, INITIAL), tuple(functions), (method,))


def _value(draw: st.DrawFn, type_: Type, around: _Around) -> Term:
    """A value of one of these types: one that is there, or one made of others."""
    known = [way for way, found in around.ways if found is type_]
    kinds = ["place", "constant", *["known"] * 3 * bool(known), *["made"] * 4 * (around.size > 0)]
    match draw(st.sampled_from(kinds)):
        case "place":
            places = [place for place in _PLACES[type_] if around.slots or place.slot == 0]
            return t.Get(draw(st.sampled_from(places)))
        case "constant":
            return t.Constant(type_, _CONSTANTS[type_])
        case "known":
            way = draw(st.sampled_from(known))
            return t.compose(*map(t.Project, way)) if way else t.Identity()
    inner = around.smaller()
    kinds = ["let", "if", "block", *_BUILT[type_], *_TAKEN.get(type_, ())]
    if around.functions:
        kinds += _giving(type_)
    return _made(draw, draw(st.sampled_from(kinds)), type_, inner)


_TAKEN: Final[dict[Type, tuple[str, ...]]] = {
    ROW: ("list_index", "map_index", "first", "case", "list_reversed"),
    ROWS: ("values", "second", "list_reversed"),
}
_BUILT: Final[dict[Type, tuple[str, ...]]] = {
    ROW: ("concat", "list_append", "collect"),
    ROWS: ("concat", "list_append", "collect", "flatten", "map"),
    BY: ("insert", "map"),
    PAIR: ("fork",),
    EITHER: ("inject",),
}


def _made(draw: st.DrawFn, kind: str, type_: Type, inner: _Around) -> Term:
    """A value that comes about in a way of that kind."""
    if kind in FUNCTIONS:
        return t.compose(_value(draw, FUNCTIONS[kind][0], inner), t.Call(kind))
    if kind in _BUILT[type_]:
        return _built(draw, kind, type_, inner)
    if kind in _TAKEN.get(type_, ()):
        return _taken(draw, kind, type_, inner)
    match kind:
        case "let":
            between = _one_of(draw, ROW, ROWS, PAIR)
            named = _value(draw, between, inner)
            return t.compose(t.fork(t.Identity(), named), _value(draw, type_, inner.named(between)))
        case "if":
            return t.If(_true(), _value(draw, type_, inner), _value(draw, type_, inner))
        case _:
            return t.Block(f"b{inner.size}", t.compose(_value(draw, type_, inner), t.Exit(f"b{inner.size}")))


def _built(draw: st.DrawFn, kind: str, type_: Type, inner: _Around) -> Term:
    """A new container, or a record, of others."""

    def value(of: Type) -> Term:
        return _value(draw, of, inner)

    match kind:
        case "concat":
            return t.operate(t.Primitive(kind), value(type_), value(type_))
        case "list_append":
            return t.operate(t.Primitive(kind), value(type_), _number(draw) if type_ is ROW else value(ROW))
        case "collect":
            parts = [_number(draw) if type_ is ROW else value(ROW) for _ in range(draw(st.integers(1, 3)))]
            return t.compose(t.fork(*parts), t.Primitive(kind))
        case "flatten":
            return t.compose(t.fork(value(ROWS), value(ROWS)), t.Primitive("collect"), t.Primitive(kind))
        case "insert":
            return t.operate(t.Primitive(kind), value(BY), _key(draw), value(ROW))
        case "map":
            element, way = (ROW, ("1",)) if type_ is ROWS else (tuple_of(STR, ROW), ("1", "1"))
            around = inner.named(element)
            body = _value(draw, ROW, replace(around, ways=(*around.ways[:-1], (way, ROW))))
            return t.compose(t.fork(t.Identity(), value(type_)), t.MapEach(body))
        case "fork":
            return t.fork(value(ROW), value(ROWS))
        case _:
            label, payload = draw(st.sampled_from(EITHER.cases))
            return t.compose(value(payload), t.Inject(EITHER, label))


def _taken(draw: st.DrawFn, kind: str, type_: Type, inner: _Around) -> Term:
    """A part of a container, or the same in another order."""
    first = t.Constant(INT, 0)
    match kind:
        case "list_index":
            return t.operate(t.Primitive(kind), _value(draw, ROWS, inner), first)
        case "map_index":
            return t.operate(t.Primitive(kind), _value(draw, BY, inner), t.Constant(STR, "a"))
        case "first" | "second":
            return t.compose(_value(draw, PAIR, inner), t.Project("0" if kind == "first" else "1"))
        case "case":
            taken = t.operate(t.Primitive("list_index"), t.Identity(), first)
            return t.compose(_value(draw, EITHER, inner), t.Case((("row", t.Identity()), ("rows", taken))))
        case "values":
            return t.compose(_value(draw, BY, inner), t.Primitive(kind))
        case _:
            return t.compose(_value(draw, type_, inner), t.Primitive(kind))


def _some(draw: st.DrawFn, around: _Around, *, least: int = 0) -> Term:
    return t.sequence(t.Fork(()), *(_statement(draw, around) for _ in range(draw(st.integers(least, 5)))))


def _statement(draw: st.DrawFn, around: _Around) -> Term:
    """A statement: something is stored, or changed in place, or several are done while a value has a name."""
    inner = around.smaller()
    kinds = [
        "put",
        "change",
        "element",
        "store",
        "store",
        *(["let", "about", "about", "if", "each"] * bool(around.size)),
    ]
    match draw(st.sampled_from(kinds)):
        case "put":
            type_ = _one_of(draw, ROW, ROWS, ROWS, BY, PAIR, EITHER)
            place = draw(st.sampled_from(_PLACES[type_]))
            return t.operate(t.Put(place), _value(draw, type_, around))
        case "store":
            return _stored(draw, around)
        case "about":
            return _handed_about(draw, inner)
        case "change":
            of = draw(st.sampled_from((*_PLACES[ROW], *_ELEMENTS, _ENTRY)))
            keys = [_key(draw)] if of is _ENTRY else [t.Constant(INT, 0)] * (None in of.steps)
            return t.operate(t.Append(of), _number(draw), *keys)
        case "element":
            of = draw(st.sampled_from((*_PLACES[ROWS], *_ELEMENTS, _ENTRY)))
            if None not in of.steps:
                return t.operate(t.Append(of), _value(draw, ROW, around))
            key = _key(draw) if of is _ENTRY else t.Constant(INT, 0)
            return t.operate(t.Put(of), _value(draw, ROW, around), key)
        case "let":
            between = _one_of(draw, ROW, ROWS, PAIR)
            body = _some(draw, inner.named(between), least=2)
            return t.compose(t.fork(t.Identity(), _value(draw, between, inner)), body)
        case "if":
            return t.If(_true(), _some(draw, inner), _some(draw, inner))
        case _:
            rounds = st.sampled_from((t.Constant(ROWS, [[1], [2]]), _value(draw, ROWS, inner)))
            return t.compose(t.fork(t.Identity(), draw(rounds)), t.Each(_some(draw, inner.named(ROW))))


def _stored(draw: st.DrawFn, around: _Around) -> Term:
    """A value that has a name is stored, or built into what is stored, and then changed where it is.

    What has a name is not used behind the store unless something else follows: then it may be moved.
    """
    type_ = _one_of(draw, *(found for _, found in around.ways if found in (ROW, ROWS)))
    known = [way for way, found in around.ways if found is type_]
    value = t.compose(*map(t.Project, draw(st.sampled_from(known))))
    place = draw(st.sampled_from(_PLACES[type_]))
    if type_ is ROW:
        return t.compose(t.operate(t.Put(place), value), t.operate(t.Append(place), _number(draw)))
    if draw(st.booleans()):
        value = t.operate(t.Primitive("concat"), value, _value(draw, ROWS, replace(around, size=0)))
    change = t.operate(t.Append(Place(place.slot, (*place.steps, None))), _number(draw), t.Constant(INT, 0))
    return t.compose(t.operate(t.Put(place), value), change)


def _handed_about(draw: st.DrawFn, around: _Around) -> Term:
    """A value is made and has a name, one is made of it and has another; both are stored."""
    one, other = _one_of(draw, ROW, ROWS, PAIR), _one_of(draw, ROW, ROWS)
    first = _made(draw, draw(st.sampled_from((*_BUILT[one], *_giving(one)))), one, around)
    parts = ((("1", "0"), ROW), (("1", "1"), ROWS)) if one is PAIR else ((("1",), one),)
    named = replace(around, ways=parts, size=0)
    second = _made(draw, draw(st.sampled_from((*_BUILT[other], *_TAKEN[other]))), other, named)
    both = replace(around, ways=(*((("0", *way), found) for way, found in parts), (("1",), other)))
    stored = [_stored(draw, both) for _ in range(draw(st.integers(1, 3)))]
    return t.compose(t.fork(t.Identity(), first), t.fork(t.Identity(), second), t.sequence(*stored))


def _giving(type_: Type) -> list[str]:
    """The functions that give such a value."""
    return [name for name, (_, codomain) in FUNCTIONS.items() if codomain is type_]


def _true() -> Term:
    """A condition that the compiler cannot see through."""
    return t.operate(t.Primitive("map_contains"), t.Get(Place(0, ("by",))), t.Constant(STR, "a"))


def _number(draw: st.DrawFn) -> Term:
    return t.Constant(INT, draw(st.integers(0, 9)))


def _key(draw: st.DrawFn) -> Term:
    return t.Constant(STR, draw(st.sampled_from("ab")))


def _one_of(draw: st.DrawFn, *choices: Type) -> Type:
    return choices[draw(st.integers(0, len(choices) - 1))]
