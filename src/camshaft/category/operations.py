"""Ports as the body of a morphism sees them: values with operators, and places of the state.

    @morphism(INT, INT)
    def swap(x, y):
        return y, x

Nothing is computed when an operator runs: it is recorded (`tracing`). An integer between two operations is a `Wide`;
where it is stored, returned or given away, its size is checked, as in machines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from camshaft.bytecode.effects import PURE, Effects
from camshaft.bytecode.places import ResolvedPlace, resolve
from camshaft.bytecode.primitives import PRIMITIVES
from camshaft.bytecode.program import Place
from camshaft.category import terms as t
from camshaft.category.subterms import shifted
from camshaft.category.terms import Term, compose, operate
from camshaft.category.tracing import Node, PortError, Trace, Write, author_line, current_trace, usable
from camshaft.category.typing import Context, TypeMismatch, infer
from camshaft.values.types import BOOL, INT, STR, UNIT, WIDE, BytesType, List, Map, Record, Type, is_tuple, tuple_of


class Traced:
    """A port: a value of a type that is known while the morphism is traced, and not yet what it is.

    A tuple's port can be unpacked, `port[0]` is an element; `port.label` is the field of a record; `port[key]` an
    element of a list, the value of a key of a map, a code point of a text.
    """

    __slots__ = ("_node",)
    _node: Node

    def __init__(self, node: Node) -> None:
        self._node = node

    def __add__(self, other: Any) -> Traced:
        return _add(self, other)

    def __radd__(self, other: Any) -> Traced:
        return _add(other, self)

    def __sub__(self, other: Any) -> Traced:
        return operation("subtract", self, other)

    def __rsub__(self, other: Any) -> Traced:
        return operation("subtract", other, self)

    def __mul__(self, other: Any) -> Traced:
        return operation("multiply", self, other)

    def __rmul__(self, other: Any) -> Traced:
        return operation("multiply", other, self)

    def __floordiv__(self, other: Any) -> Traced:
        return operation("floor_divide", self, other)

    def __rfloordiv__(self, other: Any) -> Traced:
        return operation("floor_divide", other, self)

    def __mod__(self, other: Any) -> Traced:
        return operation("modulo", self, other)

    def __rmod__(self, other: Any) -> Traced:
        return operation("modulo", other, self)

    def __pow__(self, other: Any) -> Traced:
        return operation("power", self, other)

    def __neg__(self) -> Traced:
        return operation("negate", self)

    def __abs__(self) -> Traced:
        return operation("absolute", self)

    # Python's own `==` of objects gives a bool; a port's gives a port, as in every library of this kind.
    def __eq__(self, other: Any) -> Traced:  # type: ignore[override]
        return operation("equal", self, other)

    def __ne__(self, other: Any) -> Traced:  # type: ignore[override]
        return operation("not_equal", self, other)

    __hash__ = object.__hash__

    def __lt__(self, other: Any) -> Traced:
        return operation("less", self, other)

    def __le__(self, other: Any) -> Traced:
        return operation("less_equal", self, other)

    def __gt__(self, other: Any) -> Traced:
        return operation("greater", self, other)

    def __ge__(self, other: Any) -> Traced:
        return operation("greater_equal", self, other)

    def __and__(self, other: Any) -> Traced:
        return _decide(self, other, False)

    def __or__(self, other: Any) -> Traced:
        return _decide(self, True, other)

    def __invert__(self) -> Traced:
        return operation("not", self)

    def __bool__(self) -> NoReturn:
        raise PortError(
            f"{author_line()}: a port has no truth value while {self._node.frame.trace.name} is traced; decide with"
            " if_(port, …, …), combine conditions with & | ~, and write a < b < c as (a < b) & (b < c)"
        )

    def __getattr__(self, label: str) -> Traced:
        if label.startswith("__"):
            raise AttributeError(label)
        return self._field(label)

    def __getitem__(self, key: Any) -> Traced:
        type_ = self._node.type
        if isinstance(type_, Record):
            return self._field(str(key))
        name = {List: "list_index", Map: "map_index", BytesType: "bytes_index"}.get(type(type_), "str_index")
        return operation(name, self, key)

    def __iter__(self) -> Iterator[Traced]:
        type_ = self._node.type
        if not isinstance(type_, Record) or not (is_tuple(type_) or type_ is UNIT):
            raise PortError(
                f"{author_line()}: only the port of a tuple can be unpacked, and this is one of {type_!r}; loop over a"
                " list with each, map_each or fold"
            )
        return iter([self._field(label) for label, _ in type_.fields])

    def __contains__(self, item: Any) -> NoReturn:
        raise PortError(f"{author_line()}: `in` cannot be traced; use contains(container, item)")

    def __repr__(self) -> str:
        return f"<port of {self._node.type!r}, made at {self._node.place}>"

    def _field(self, label: str) -> Traced:
        node = usable(self._node)
        child = node.type.field(label) if isinstance(node.type, Record) else None
        if child is None:
            has = ", ".join(node.type.positions) if isinstance(node.type, Record) else ""
            raise PortError(
                f"{author_line()}: a port of {node.type!r} has no field {label!r}" + (f"; it has {has}" if has else "")
            )
        write = _last(t.Project(label))
        return Traced(node.frame.trace.add(child, [node], write, is_free=True))


# ---- recording -------------------------------------------------------------------------------------------------------


def port(value: Any) -> Traced:
    """The port of a port, or of a constant: a bool, an integer, a text, None, or a tuple of what has a port.

    Raises:
        PortError: it is something else, or a port of elsewhere.
    """
    if isinstance(value, Traced):
        usable(value._node)
        return value
    trace = current_trace("a value is made a port")
    if isinstance(value, tuple) and value:
        nodes = [stored(each) for each in value]
        labels = tuple(str(index) for index in range(len(nodes)))
        return Traced(trace.add(tuple_of(*(node.type for node in nodes)), nodes, _record(labels)))
    for kind, type_ in ((bool, BOOL), (int, INT), (str, STR)):
        if isinstance(value, kind):
            return constant(type_, value)
    if value is None or value == ():
        return Traced(trace.add(UNIT, [], lambda *_: t.Fork(()), is_free=True))
    hint = "read the place with .get()" if isinstance(value, TracedPlace) else "write constant(type, value)"
    raise PortError(f"{author_line()}: {value!r} has no port; {hint}")


def constant(type_: Type, value: Any) -> Traced:
    """The port of a constant of any storable type."""
    trace = current_trace("a constant is used")
    return Traced(trace.add(type_, [], lambda *_: t.Constant(type_, value), is_free=True))


def operation(name: str, *operands: Any) -> Traced:
    """The port of what an operation of the table gives on operands.

    Raises:
        PortError: there is no such operation, or it does not take such operands.
    """
    trace = current_trace(f"{name} is used")
    primitive = PRIMITIVES.get(name)
    if primitive is None:
        raise PortError(f"{author_line()}: there is no operation {name!r}; there are {', '.join(PRIMITIVES)}")
    nodes = [port(operand)._node for operand in operands]
    result = primitive.result_type(tuple(node.type for node in nodes))
    if result is None:
        nodes = [stored(Traced(node)) for node in nodes]
        result = primitive.result_type(tuple(node.type for node in nodes))
    if result is None:
        signatures = " or ".join(map(str, primitive.signatures))
        given = ", ".join(repr(node.type) for node in nodes)
        raise PortError(f"{author_line()}: {name} takes {signatures}; here it is given {given}")
    term = t.Primitive(name)
    return Traced(
        trace.add(
            result,
            nodes,
            lambda operands, *_: operate(term, *operands),
            Effects(traps=primitive.traps) if primitive.traps else PURE,
        )
    )


def stored(value: Any) -> Node:
    """The node of a value that is stored, returned or given away: an integer's size is checked then."""
    node = port(value)._node
    return operation("cap", Traced(node))._node if node.type is WIDE else node


def run(term: Term, *operands: Any) -> Traced:
    """The port of what any term gives: on nothing, on one operand, or on the tuple of several.

    Raises:
        PortError: the term makes no sense on these operands.
    """
    trace = current_trace("a term is run")
    nodes = [stored(operand) for operand in operands]
    domain = UNIT if not nodes else nodes[0].type if len(nodes) == 1 else tuple_of(*(node.type for node in nodes))
    moved = shifted(term, len(trace.slots) - 1)
    try:
        codomain, effects = infer(moved, domain, Context(trace.slots, trace.functions))
    except TypeMismatch as mismatch:
        raise PortError(f"{author_line()}: the term makes no sense on {domain!r}: {mismatch}") from None
    return Traced(trace.add(codomain, nodes, _applied(moved), effects))


def _applied(term: Term) -> Write:
    def write(operands: Sequence[Term], *_: Any) -> Term:
        if len(operands) == 1:
            return compose(operands[0], term)
        return compose(t.Fork(tuple((str(index), operand) for index, operand in enumerate(operands))), term)

    return write


def _last(term: Term) -> Write:
    return lambda operands, *_: compose(operands[0], term)


def _record(labels: tuple[str, ...]) -> Write:
    return lambda operands, *_: t.Fork(tuple(zip(labels, operands, strict=True)))


def _add(left: Any, right: Any) -> Traced:
    first = port(left)
    return operation("concat" if first._node.type is STR or isinstance(first._node.type, List) else "add", first, right)


def _decide(condition: Traced, then: Any, otherwise: Any) -> Traced:
    """`&` and `|`: both sides were computed already, so that nothing has to be left out."""
    nodes = [port(each)._node for each in (condition, then, otherwise)]
    if any(node.type is not BOOL for node in nodes):
        kinds = ", ".join(repr(node.type) for node in nodes)
        raise PortError(f"{author_line()}: & and | combine conditions, ports of Bool; here are {kinds}")
    trace = current_trace("a condition is used")
    return Traced(trace.add(BOOL, nodes, lambda operands, *_: t.If(*operands)))


# ---- records and state -----------------------------------------------------------------------------------------------


def record(**fields: Any) -> Traced:
    """The port of a record of these fields."""
    nodes = [stored(each) for each in fields.values()]
    trace = current_trace("a record is made")
    type_ = Record((label, node.type) for label, node in zip(fields, nodes, strict=True))
    return Traced(trace.add(type_, nodes, _record(tuple(fields))))


def inject(variant: Any, label: str, payload: Any = None) -> Traced:
    """The port of a case of a variant."""
    return run(t.Inject(variant, label), payload)


class TracedPlace:
    """A place of the state: `state.stock[item]`. Read it with `get`, write it with `put`."""

    __slots__ = ("_keys", "_place", "_trace", "_type")

    def __init__(self, trace: Trace, place: Place, keys: tuple[Node, ...], type_: Type) -> None:
        self._trace = trace
        self._place = place
        self._keys = keys
        self._type = type_

    def __getattr__(self, label: str) -> TracedPlace:
        if label.startswith("__"):
            raise AttributeError(label)
        return self._step(label, ())

    def __getitem__(self, key: Any) -> TracedPlace:
        return self._step(None, (stored(key),))

    def get(self) -> Traced:
        """What is at the place now. Traps where a key or an index is not there."""
        return self._operation(t.Get(self._place))

    def put(self, value: Any) -> Traced:
        """Write at the place. A place that ends in a map's key may be new."""
        return self._operation(t.Put(self._place), value)

    def delete(self) -> Traced:
        """Take the entry of a map or the element of a list away."""
        return self._operation(t.Delete(self._place))

    def append(self, value: Any) -> Traced:
        """Add to the end of the list at the place."""
        return self._operation(t.Append(self._place), value)

    def _step(self, step: str | None, keys: tuple[Node, ...]) -> TracedPlace:
        place = Place(self._place.slot, (*self._place.steps, step))
        found = resolve(place, self._trace.slots)
        if not isinstance(found, ResolvedPlace):
            raise PortError(f"{author_line()}: there is no such place: {found}")
        return TracedPlace(self._trace, place, (*self._keys, *keys), found.type)

    def _operation(self, term: t.Get | t.Put | t.Delete | t.Append, *values: Any) -> Traced:
        trace = current_trace("a place is used")
        if trace is not self._trace:
            raise PortError(
                f"{author_line()}: a place of the state of the morphism {self._trace.name} is used in {trace.name},"
                " which is another trace; declare its own state there, with @morphism(…, state=…)"
            )
        nodes = [*(stored(value) for value in values), *(usable(key) for key in self._keys)]
        domain = UNIT if not nodes else nodes[0].type if len(nodes) == 1 else tuple_of(*(node.type for node in nodes))
        try:
            codomain, effects = infer(term, domain, Context(trace.slots))
        except TypeMismatch as mismatch:
            raise PortError(f"{author_line()}: {mismatch}") from None
        return Traced(trace.add(codomain, nodes, lambda operands, *_: operate(term, *operands), effects))
