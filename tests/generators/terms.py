"""Strategies for well-typed terms: every constructor, every operation, and whole programs made of them.

A term is grown from its type: of the ways to reach the codomain, one is drawn and its parts are grown in turn. The ways
stand in order of size, so that a failing term shrinks to the smallest one that still fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from hypothesis import strategies as st

from camshaft.bytecode import patterns
from camshaft.bytecode.occasion import QUESTIONS, Question
from camshaft.bytecode.places import ResolvedPlace, resolve
from camshaft.bytecode.primitives import PRIMITIVES
from camshaft.bytecode.program import Parameter, Place
from camshaft.category import terms as t
from camshaft.category.assembler import FunctionSource, MethodSource, ProgramSource
from camshaft.category.terms import Term
from camshaft.values.types import (
    BOOL,
    INT,
    STR,
    UNIT,
    WIDE,
    List,
    Map,
    Record,
    Set,
    Type,
    Variant,
    tuple_of,
)
from generators.operations import filled
from generators.types import LABELS, small_ints, types, values

Way = Callable[[], Term]
# What most machines' states are like; a type drawn at random seldom has a place to delete at.
RICH_STATE = Record(
    (("count", INT), ("items", List(INT)), ("lots", Map(STR, tuple_of(INT, List(INT)))), ("seen", Set(STR)))
)
REFUSALS = {"Sorry": Record((("why", STR), ("n", INT))), "Full": UNIT}


@dataclass(frozen=True)
class Around:
    """What is around a term that grows: slots, the blocks with the types their exits take, functions, and how much
    growth is left."""

    slots: tuple[Type, ...] = ()
    blocks: tuple[tuple[str, Type], ...] = ()
    functions: tuple[FunctionSource, ...] = ()
    size: int = 4
    hidden: frozenset[int] = frozenset()
    """Slots that the term must leave alone."""
    asks: bool = True
    """Whether the term may ask for its occasion."""

    def smaller(self) -> Around:
        return replace(self, size=self.size - 1)


@st.composite
def terms(draw: st.DrawFn, domain: Type, codomain: Type, around: Around) -> Term:
    """A term of these types."""
    return grow(draw, domain, codomain, around)


def grow(draw: st.DrawFn, domain: Type, codomain: Type, around: Around) -> Term:
    """Draw a term from a domain to a storable codomain."""
    groups = [list(_leaves(draw, domain, codomain, around))]
    if around.size > 0:
        inner = around.smaller()
        growing = (_by_type, _by_operation, _by_control, _by_call, _by_place)
        groups += [list(group(draw, domain, codomain, inner)) for group in growing]
    # A group first, then a way: otherwise the many operations crowd out the few ways to call, loop or leave.
    return draw(st.sampled_from(draw(st.sampled_from([group for group in groups if group]))))()


def _leaves(draw: st.DrawFn, domain: Type, codomain: Type, around: Around) -> Iterator[Way]:
    if domain is codomain:
        yield t.Identity
    yield lambda: t.Constant(codomain, draw(values(codomain)))
    for path in _projections(domain, codomain, 3):
        yield partial(t.compose, *map(t.Project, path))
    for place in _places(around, lambda found: found.type is codomain and not found.keys):
        yield partial(t.Get, place)
    for question in QUESTIONS.values():
        if question.result is codomain and around.asks and not question.operands:
            yield partial(t.Ask, question.name)


def _then(last: Term, draw: st.DrawFn, domain: Type, between: Type, inner: Around) -> Term:
    return t.compose(grow(draw, domain, between, inner), last)


def _by_call(draw: st.DrawFn, domain: Type, codomain: Type, inner: Around) -> Iterator[Way]:
    for function in inner.functions:
        if function.codomain is codomain:
            yield partial(_then, t.Call(function.name), draw, domain, function.domain, inner)


def _by_place(draw: st.DrawFn, domain: Type, codomain: Type, inner: Around) -> Iterator[Way]:
    for place in _places(inner, lambda found: found.type is codomain and bool(found.keys)):
        yield partial(_at_place, draw, t.Get(place), (), domain, inner)
    if codomain is UNIT:
        yield from _writes(draw, domain, inner)


def _by_type(draw: st.DrawFn, domain: Type, codomain: Type, inner: Around) -> Iterator[Way]:
    match codomain:
        case Record() if codomain is not UNIT:
            yield lambda: t.Fork(tuple((label, grow(draw, domain, child, inner)) for label, child in codomain.fields))
        case Variant():
            for label, payload in codomain.cases:
                yield partial(_then, t.Inject(codomain, label), draw, domain, payload, inner)
        case List():
            yield lambda: _loop(draw, t.MapEach, codomain.element, domain, inner)
        case Map() if not isinstance(codomain, Set):
            yield lambda: _map_loop(draw, codomain, domain, inner)
        case Record():
            yield lambda: t.Fork(())
            yield lambda: _loop(draw, t.Each, UNIT, domain, inner)
            yield lambda: _while(draw, domain, inner)
        case _:
            pass


def _writes(draw: st.DrawFn, domain: Type, inner: Around) -> Iterator[Way]:
    for place, found in _all_places(inner):
        yield partial(_at_place, draw, t.Put(place), (found.type,), domain, inner)
        if isinstance(found.type, List):
            yield partial(_at_place, draw, t.Append(place), (found.type.element,), domain, inner)
        if found.path and found.path[-1] is None:
            yield partial(_at_place, draw, t.Delete(place), (), domain, inner)


def _by_operation(draw: st.DrawFn, domain: Type, codomain: Type, inner: Around) -> Iterator[Way]:
    for name, primitive in PRIMITIVES.items():
        for signature in primitive.signatures:
            holes: dict[str, Type] = {}
            if name == "map_find" or not patterns.matches(signature.result, codomain, holes):
                continue
            if codomain is INT and signature.result is not INT and not holes:
                continue  # a Wide does not lead to an Int by itself
            yield partial(_operation, draw, name, signature, holes, domain, inner)
    for question in QUESTIONS.values():
        if question.result is codomain and inner.asks and question.operands:
            yield partial(_asked, draw, question, domain, inner)
    if codomain is INT:
        wide = [name for name, row in PRIMITIVES.items() if row.signatures[0].result is WIDE]
        yield lambda: t.compose(
            _operation(draw, name := draw(st.sampled_from(wide)), PRIMITIVES[name].signatures[0], {}, domain, inner),
            t.Primitive("cap"),
        )


def _operation(
    draw: st.DrawFn, name: str, signature: patterns.Signature, holes: dict[str, Type], domain: Type, inner: Around
) -> Term:
    operands = [filled(draw, pattern, holes) for pattern in signature.operands]
    parts = [_operand(draw, name, type_, domain, inner) for type_ in operands]
    return t.operate(t.Primitive(name), *parts)


def _asked(draw: st.DrawFn, question: Question, domain: Type, inner: Around) -> Term:
    return t.operate(t.Ask(question.name), *(grow(draw, domain, type_, inner) for type_ in question.operands))


_GROWING = frozenset({
    "range", "power", "shift_left", "str_repeat", "list_repeat", "str_pad_left", "str_pad_right", "str_center",
    "str_zero_fill",
})  # fmt: skip


def _operand(draw: st.DrawFn, name: str, type_: Type, domain: Type, inner: Around) -> Term:
    if type_ in (INT, WIDE) and name in _GROWING:  # the property is about meaning, not about patience
        return t.Constant(INT, draw(small_ints))
    if type_ is WIDE and inner.size > 0 and draw(st.booleans()):
        return t.operate(t.Primitive("negate"), grow(draw, domain, INT, inner.smaller()))
    return grow(draw, domain, INT if type_ is WIDE else type_, inner)


def _by_control(draw: st.DrawFn, domain: Type, codomain: Type, inner: Around) -> Iterator[Way]:
    def condition() -> t.If:
        return t.If(
            grow(draw, domain, BOOL, inner), grow(draw, domain, codomain, inner), _branch(draw, domain, codomain, inner)
        )

    def let() -> Term:
        bound = draw(types(depth=2))
        value = grow(draw, domain, bound, inner)
        return t.compose(
            t.Fork((("0", t.Identity()), ("1", value))), grow(draw, tuple_of(domain, bound), codomain, inner)
        )

    def case() -> Term:
        variant = draw(types(depth=2).filter(lambda type_: isinstance(type_, Variant)))
        assert isinstance(variant, Variant)
        scrutinee = grow(draw, domain, variant, inner)
        return _match(draw, scrutinee, variant, domain, codomain, inner)

    def find() -> Term:
        key = INT if draw(st.booleans()) else STR
        map_type = Map(key, draw(types(depth=2)))
        scrutinee = t.operate(
            t.Primitive("map_find"), grow(draw, domain, map_type, inner), grow(draw, domain, map_type.key, inner)
        )
        found = Variant((("found", map_type.value), ("missing", UNIT)))
        return _match(draw, scrutinee, found, domain, codomain, inner)

    def local() -> Term:
        labels = draw(st.lists(st.sampled_from(LABELS), min_size=1, max_size=2, unique=True))
        slots = Record((label, draw(types(depth=2))) for label in labels)
        wider = replace(inner, slots=(*inner.slots, *(child for _, child in slots.fields)))
        return t.Locals(slots, grow(draw, domain, codomain, wider))

    def block() -> Term:
        label = f"block{len(inner.blocks)}"
        body = replace(inner, blocks=(*inner.blocks, (label, codomain)))
        leaving = t.compose(grow(draw, domain, codomain, inner), t.Exit(label))
        choice = t.If(grow(draw, domain, BOOL, inner), leaving, grow(draw, domain, codomain, body))
        return t.Block(label, draw(st.sampled_from((grow(draw, domain, codomain, body), choice))))

    def sequence() -> Term:
        return t.sequence(grow(draw, domain, UNIT, inner), grow(draw, domain, codomain, inner))

    def apply() -> Term:
        parameter = draw(types(depth=2))
        body_around = Around(inner.slots[:1], (), inner.functions, inner.size, asks=inner.asks)
        body = grow(draw, tuple_of(domain, parameter), codomain, body_around)
        return t.operate(t.Apply(), t.Curry(parameter, body), grow(draw, domain, parameter, inner))

    yield apply
    yield condition
    yield let
    yield sequence
    yield case
    yield find
    yield local
    yield block


def _branch(draw: st.DrawFn, domain: Type, codomain: Type, inner: Around) -> Term:
    """A branch that may end in a refusal, a trap or an exit instead of a result."""
    ending = draw(st.sampled_from(("result", "refuse", "trap", "trap", "exit")))
    if ending == "refuse":
        name = draw(st.sampled_from(sorted(REFUSALS)))
        return t.compose(grow(draw, domain, REFUSALS[name], inner), t.Refuse(name, REFUSALS[name]))
    if ending == "trap":
        return t.compose(grow(draw, domain, STR, inner), t.Trap("AssertionError"))
    if ending == "exit" and inner.blocks:
        label, type_ = draw(st.sampled_from(inner.blocks))
        return t.compose(grow(draw, domain, type_, inner), t.Exit(label))
    return grow(draw, domain, codomain, inner)


def _match(draw: st.DrawFn, scrutinee: Term, variant: Variant, domain: Type, codomain: Type, inner: Around) -> Term:
    branches = tuple(
        (label, grow(draw, tuple_of(domain, payload), codomain, inner)) for label, payload in variant.cases
    )
    return t.compose(t.Fork((("0", t.Identity()), ("1", scrutinee))), t.Distribute("1"), t.Case(branches))


def _loop(draw: st.DrawFn, loop: Callable[[Term], Term], result: Type, domain: Type, inner: Around) -> Term:
    element = draw(types(depth=2))
    items = grow(draw, domain, List(element), inner)
    body = grow(draw, tuple_of(domain, element), result, inner)
    return t.compose(t.Fork((("0", t.Identity()), ("1", items))), loop(body))


def _map_loop(draw: st.DrawFn, result: Map, domain: Type, inner: Around) -> Term:
    value = draw(types(depth=2))
    items = grow(draw, domain, Map(result.key, value), inner)
    body = grow(draw, tuple_of(domain, tuple_of(result.key, value)), result.value, inner)
    return t.compose(t.Fork((("0", t.Identity()), ("1", items))), t.MapEach(body))


def _while(draw: st.DrawFn, domain: Type, inner: Around) -> Term:
    """A loop that ends by itself: it counts in a slot of its own, which its body leaves alone."""
    counter = Place(len(inner.slots))
    count = t.compose(
        t.operate(t.Primitive("add"), t.Get(counter), t.Constant(INT, 1)), t.Primitive("cap"), t.Put(counter)
    )
    below = t.operate(t.Primitive("less"), t.Get(counter), t.Constant(INT, draw(st.integers(0, 3))))
    hidden = inner.hidden | {counter.slot}
    body = grow(draw, domain, UNIT, replace(inner, slots=(*inner.slots, INT), hidden=hidden))
    return t.Locals(Record((("counter", INT),)), t.While(below, t.sequence(count, body)))


# ---- places ----------------------------------------------------------------------------------------------------------


def _at_place(
    draw: st.DrawFn,
    operation: t.Get | t.Put | t.Delete | t.Append,
    before: tuple[Type, ...],
    domain: Type,
    inner: Around,
    *given: Term,
) -> Term:
    """The operation on grown values of the types `before`, or on the given ones, under constant keys."""
    found = resolve(operation.place, inner.slots)
    assert isinstance(found, ResolvedPlace)
    return t.operate(
        operation,
        *given,
        *(grow(draw, domain, type_, inner) for type_ in before),
        *(t.Constant(key, draw(_few(key))) for key in found.keys),
    )


def _few(key: Type) -> st.SearchStrategy[Any]:
    """Few distinct keys, so that they are often there."""
    if key is INT:
        return st.integers(-1, 2)
    return st.sampled_from(("a", "b", "c")) if key is STR else values(key)


def _places(around: Around, wanted: Callable[[ResolvedPlace], bool]) -> Iterator[Place]:
    return (place for place, found in _all_places(around) if wanted(found))


def _all_places(around: Around) -> Iterator[tuple[Place, ResolvedPlace]]:
    for slot, type_ in enumerate(around.slots):
        if slot in around.hidden:
            continue
        for steps in _steps(type_, 3):
            place = Place(slot, steps)
            found = resolve(place, around.slots)
            assert isinstance(found, ResolvedPlace)
            yield place, found


def _steps(type_: Type, depth: int) -> Iterator[tuple[str | None, ...]]:
    yield ()
    if depth == 0:
        return
    if isinstance(type_, Record):
        for label, child in type_.fields:
            yield from ((label, *rest) for rest in _steps(child, depth - 1))
    elif isinstance(type_, Map):
        yield from ((None, *rest) for rest in _steps(type_.value, depth - 1))
    elif isinstance(type_, List):
        yield from ((None, *rest) for rest in _steps(type_.element, depth - 1))


def _projections(domain: Type, codomain: Type, depth: int) -> Iterator[tuple[str, ...]]:
    if depth and isinstance(domain, Record):
        for label, child in domain.fields:
            if child is codomain:
                yield (label,)
            yield from ((label, *rest) for rest in _projections(child, codomain, depth - 1))


# ---- whole programs ------------------------------------------------------------------------------------------------


@st.composite
def programs(draw: st.DrawFn, *, size: int = 3) -> ProgramSource:
    """A machine with functions that call each other, and methods that call them."""
    state = draw(st.just(RICH_STATE) | types(depth=3))
    functions: list[FunctionSource] = []
    for index in range(draw(st.integers(0, 2))):
        domain, codomain = draw(types(depth=2)), draw(st.just(UNIT) | types(depth=2))
        around = Around((state,), (), tuple(functions), size)
        functions.append(FunctionSource(f"helper{index}", domain, codomain, grow(draw, domain, codomain, around)))
    methods = []
    for index in range(draw(st.integers(1, 2))):
        labels = draw(st.lists(st.sampled_from(("x", "y", "z")), max_size=2, unique=True))
        parameters = tuple(Parameter(label, draw(types(depth=2))) for label in labels)
        # Among the results are those of the functions, so that some of them are called.
        result = draw(st.sampled_from([UNIT, *(function.codomain for function in functions)]) | types(depth=2))
        domain = Record((parameter.name, parameter.type) for parameter in parameters)
        around = Around((state,), (), tuple(functions), size)
        methods.append(MethodSource(f"method{index}", parameters, result, grow(draw, domain, result, around)))
    initial = t.Constant(state, draw(values(state)))
    return ProgramSource("generated", state, initial, tuple(functions), tuple(methods))


@st.composite
def imperative_programs(draw: st.DrawFn) -> ProgramSource:
    """A machine whose methods write at many places, through locals and loops, and fail between any two writes.

    This is where value semantics at in-place speed could go wrong: containers that are reached by two names, writes
    that have to be taken back, the order of maps.
    """
    rows = List(List(INT))
    state = _one_of(draw, RICH_STATE, Map(STR, List(INT)), Record((("a", rows), ("b", rows))))
    functions: list[FunctionSource] = []
    if draw(st.booleans()):
        around = Around((state,), (), (), 2)
        functions.append(FunctionSource("helper0", UNIT, UNIT, _statements(draw, UNIT, around)))
    methods = []
    for index in range(draw(st.integers(1, 2))):
        parameters = (Parameter("x", INT), Parameter("xs", List(INT)))
        domain = Record((parameter.name, parameter.type) for parameter in parameters)
        slots = Record((("items", List(INT)), ("rows", Map(STR, List(INT)))))
        around = Around((state, *(child for _, child in slots.fields)), (), tuple(functions), 2)
        result = _one_of(draw, UNIT, List(INT), state)
        body = t.sequence(_statements(draw, domain, around), grow(draw, domain, result, around))
        methods.append(MethodSource(f"method{index}", parameters, result, t.Locals(slots, body)))
    initial = t.Constant(state, draw(values(state)))
    return ProgramSource("generated", state, initial, tuple(functions), tuple(methods))


def _statements(draw: st.DrawFn, domain: Type, around: Around) -> Term:
    """Some statements after each other."""
    return t.sequence(t.Fork(()), *(_statement(draw, domain, around) for _ in range(draw(st.integers(1, 5)))))


def _statement(draw: st.DrawFn, domain: Type, around: Around) -> Term:
    inner = around.smaller()
    kind = draw(st.sampled_from(("write", "write", "delete", "alias", "leave", "fail", "loop", "call", "while")))
    if kind in ("alias", "leave"):
        # A container that is at one place already is stored at another.
        targets = [(place, found) for place, found in _all_places(around) if found.type.is_mutable]
        place, found = draw(st.sampled_from(targets))
        sources = [other for other, reached in targets if reached.type is found.type]
        source, other = (_at_place(draw, t.Get(draw(st.sampled_from(sources))), (), domain, inner) for _ in range(2))
        if kind == "leave" and around.size > 0:
            # It is the result of a block that may be left before the place it comes from is written again.
            source = _left_early(draw, domain, replace(inner, size=around.size - 1), source, other)
        return _at_place(draw, t.Put(place), (), domain, inner, source)
    if kind == "fail":
        condition = grow(draw, domain, BOOL, replace(around, size=1))
        return t.If(condition, t.compose(t.Fork(()), t.Refuse("Full", UNIT)), t.Fork(()))
    if kind == "loop" and around.size > 0:
        element = _one_of(draw, INT, List(INT))
        items = grow(draw, domain, List(element), inner)
        body = _statements(draw, tuple_of(domain, element), replace(inner, size=around.size - 1))
        return t.compose(t.Fork((("0", t.Identity()), ("1", items))), t.Each(body))
    if kind == "while" and around.size > 0:
        return _while(draw, domain, inner)
    if kind == "call" and around.functions:
        return t.compose(t.Fork(()), t.Call(around.functions[0].name))
    if kind == "delete":
        place = draw(st.sampled_from([place for place, found in _all_places(around) if found.path[-1:] == (None,)]))
        return _at_place(draw, t.Delete(place), (), domain, inner)
    return draw(st.sampled_from(list(_writes(draw, domain, inner))))()


def _left_early(draw: st.DrawFn, domain: Type, around: Around, early: Term, late: Term) -> Term:
    """One of two terms, with statements between them."""
    condition = grow(draw, domain, BOOL, replace(around, size=1))
    label = f"leave{around.size}"
    leave = t.If(condition, t.compose(early, t.Exit(label)), t.Fork(()))
    return t.Block(label, t.sequence(leave, _statements(draw, domain, around), late))


def _one_of(draw: st.DrawFn, *choices: Type) -> Type:
    return choices[draw(st.integers(0, len(choices) - 1))]


def constructors(term: Any) -> Iterator[str]:
    """The names of the constructors that a term is made of, for statistics of coverage."""
    yield type(term).__name__
    for field in term.__slots__:
        yield from _within(getattr(term, field))


def _within(part: Any) -> Iterator[str]:
    if isinstance(part, tuple):
        for each in part:
            yield from _within(each)
    elif type(part).__module__ == t.__name__:
        yield from constructors(part)


# ---- lists that change hands ---------------------------------------------------------------------------------------

_LISTS = Record((("a", List(INT)), ("b", List(INT))))
_FLAGS = (Parameter("x", BOOL), Parameter("y", BOOL))


@st.composite
def handing_over(draw: st.DrawFn) -> ProgramSource:
    """A machine of two lists in its state and two in local slots, and of little but giving one to another.

    In `imperative_programs` most statements fail or concern something else; here nearly each one could share a list.
    """
    body = t.sequence(*(_handed(draw, 3) for _ in range(draw(st.integers(2, 6)))))
    method = MethodSource("m", _FLAGS, UNIT, t.Locals(Record((("v", List(INT)), ("w", List(INT)))), body))
    return ProgramSource("generated", _LISTS, t.Constant(_LISTS, ([], [])), (), (method,))


def _handed(draw: st.DrawFn, size: int) -> Term:
    """A statement: an append, an assignment, or a branch, a loop or a block around some."""
    places = (Place(1), Place(2), Place(0, ("a",)), Place(0, ("b",)))
    target = draw(st.sampled_from(places))
    kinds = ["append", "append", "put", "put", *(["if", "each", "block"] if size else [])]
    match draw(st.sampled_from(kinds)):
        case "append":
            return t.operate(t.Append(target), t.Constant(INT, draw(st.integers(0, 9))))
        case "put":
            value: Term = t.Get(draw(st.sampled_from(places)))
            return t.operate(t.Put(target), draw(st.sampled_from((value, t.Constant(List(INT), [])))))
        case "if":
            return t.If(_flag(draw), _some(draw, size - 1), _some(draw, size - 1))
        case "each":
            # The body keeps the environment, so that flags are in reach.
            body = t.compose(t.Project("0"), _some(draw, size - 1))
            return t.compose(t.fork(t.Identity(), t.Constant(List(INT), [0, 0])), t.Each(body))
        case _:
            label = f"leave{size}"
            leave = t.If(_flag(draw), t.compose(t.Get(draw(st.sampled_from(places))), t.Exit(label)), t.Fork(()))
            last = t.Get(draw(st.sampled_from(places)))
            parts = [_some(draw, size - 1), leave, _some(draw, size - 1), last]
            return t.operate(t.Put(target), t.Block(label, t.sequence(*parts)))


def _some(draw: st.DrawFn, size: int) -> Term:
    return t.sequence(t.Fork(()), *(_handed(draw, size) for _ in range(draw(st.integers(0, 3)))))


def _flag(draw: st.DrawFn) -> Term:
    return t.Project(draw(st.sampled_from(("x", "y"))))


# ---- maps that are written where something may fail ------------------------------------------------------------------

_MAPS = Record((("a", Map(STR, INT)), ("b", Map(STR, INT)), ("c", INT)))


@st.composite
def failing_between(draw: st.DrawFn) -> ProgramSource:
    """A machine of two maps and a number, and of little but writing to them with something that may fail in between."""
    body = t.sequence(t.Fork(()), *(_failing(draw, 2) for _ in range(draw(st.integers(2, 6)))))
    method = MethodSource("m", _FLAGS, UNIT, t.sequence(body, t.Fork(())))
    return ProgramSource("generated", _MAPS, t.Constant(_MAPS, ({}, {}, 0)), (), (method,))


def _failing(draw: st.DrawFn, size: int) -> Term:
    """A statement: a write, a deletion, what may fail, or a branch or a loop around some."""
    entry = Place(0, (draw(st.sampled_from("ab")), None))
    key = t.Constant(STR, draw(st.sampled_from("xyz")))
    number = Place(0, ("c",))
    kinds = ["put", "delete", "move", "count", "look", "refuse", *(["if", "each"] if size else [])]
    match draw(st.sampled_from(kinds)):
        case "put":
            return t.operate(t.Put(entry), t.Constant(INT, draw(st.integers(0, 9))), key)
        case "delete":
            return t.operate(t.Delete(entry), key)
        case "move":
            return t.operate(t.Put(entry), t.Get(number), key)
        case "count":
            # Half of the cap at once: it fails the second time, in the middle of whatever is going on.
            large = t.Constant(INT, draw(st.sampled_from((1, 2**4095))))
            total = t.compose(t.operate(t.Primitive("add"), t.Get(number), large), t.Primitive("cap"))
            return t.operate(t.Put(number), total)
        case "look":
            return t.operate(t.Put(number), t.operate(t.Get(entry), key))
        case "refuse":
            return t.If(_flag(draw), t.compose(t.Fork(()), t.Refuse("Full", UNIT)), t.Fork(()))
        case "if":
            return t.If(_flag(draw), _some_failing(draw, size - 1), _some_failing(draw, size - 1))
        case _:
            keys = t.compose(t.Get(Place(0, (draw(st.sampled_from("ab")),))), t.Primitive("keys"))
            body = t.compose(t.Project("0"), _some_failing(draw, size - 1))
            return t.compose(t.fork(t.Identity(), keys), t.Each(body))


def _some_failing(draw: st.DrawFn, size: int) -> Term:
    return t.sequence(t.Fork(()), *(_failing(draw, size) for _ in range(draw(st.integers(0, 3)))))
