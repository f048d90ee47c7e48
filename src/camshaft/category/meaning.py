"""What terms mean, directly: a morphism takes a typed value and the slots, and gives a typed value and the slots.

This is the oracle that bytecode is held against: short enough to trust, one equation for each constructor, nothing ever
changed in place but the count of random numbers drawn. Values carry their types along, since labels are turned into
positions by them. A refusal or a trap is an exception, and so is an early exit, which carries the slots as they were
when it left. There is no fuel here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias, assert_never

from camshaft.bytecode.effects import PURE
from camshaft.bytecode.occasion import QUESTIONS, Occasion
from camshaft.bytecode.patterns import operand_types
from camshaft.bytecode.places import ResolvedPlace, resolve
from camshaft.bytecode.primitives import PRIMITIVES
from camshaft.bytecode.program import Place
from camshaft.category import terms as t
from camshaft.category.terms import Term
from camshaft.category.typing import Context, Signature, infer
from camshaft.errors import TRAPS, IndexOutOfRange, MissingKey, Refused
from camshaft.values.check import zero
from camshaft.values.types import UNIT, List, Map, Record, Type, Variant, tuple_of


class Typed(NamedTuple):
    """A value and its type."""

    type: Type
    value: Any


class FunctionMeaning(NamedTuple):
    """A function that terms may call."""

    domain: Type
    codomain: Type
    body: Term


Slots: TypeAlias = tuple[Typed, ...]
Result: TypeAlias = tuple[Typed, Slots]
_UNIT = Typed(UNIT, ())


class _Left(BaseException):
    """An early exit on its way to its block. Not an `Exception`: no handler of errors may stop it."""

    def __init__(self, label: str, value: Typed, slots: Slots) -> None:
        self.label = label
        self.value = value
        self.slots = slots


def meaning(  # noqa: C901 - one equation for each constructor
    term: Term,
    given: Typed,
    slots: Slots,
    functions: Mapping[str, FunctionMeaning],
    occasion: Occasion | None = None,
) -> Result:
    """The value that a well-typed term gives on a value, and the slots after it. A term that asks for its occasion
    needs one.

    Raises:
        Refused: the term refused.
        Trap: an operation failed.
    """

    def of(part: Term, value: Typed, around: Slots) -> Result:
        return meaning(part, value, around, functions, occasion)

    match term:
        case t.Identity():
            return given, slots
        case t.Compose(parts):
            for part in parts:
                given, slots = of(part, given, slots)
            return given, slots
        case t.Fork(parts):
            made: list[tuple[str, Typed]] = []
            for label, part in parts:
                value, slots = of(part, given, slots)
                made.append((label, value))
            type_ = Record((label, value.type) for label, value in made)
            return Typed(type_, tuple(value.value for _, value in made)), slots
        case t.Project(label):
            return _field(given, label), slots
        case t.Inject(variant, label):
            return Typed(variant, (label, given.value)), slots
        case t.Case(branches):
            payload = _payload(given)
            return of(dict(branches)[given.value[0]], payload, slots)
        case t.Distribute(label):
            return _distribute(given, label), slots
        case t.If(condition, then, otherwise):
            decided, slots = of(condition, given, slots)
            return of(then if decided.value else otherwise, given, slots)
        case t.Constant(constant_type, constant):
            return Typed(constant_type, constant), slots
        case t.Primitive(name):
            return _primitive(name, given), slots
        case t.Call(function):
            called = functions[function]
            value, after = of(called.body, given, slots[:1])
            return Typed(called.codomain, value.value), (*after[:1], *slots[1:])
        case t.Ask(name):
            assert occasion is not None, f"{name} is asked outside of a step"
            question = QUESTIONS[name]
            operands = given.value if question.operands else ()
            return Typed(question.result, question.answer(occasion, *operands)), slots
        case t.Get(place):
            found, keys, _ = _operands(place, given, slots, 0)
            return Typed(found.type, _read(slots[found.slot].value, _path(found, keys))), slots
        case t.Put(place):
            found, keys, values = _operands(place, given, slots, 1)
            return _UNIT, _written(slots, found, keys, values[0])
        case t.Delete(place):
            found, keys, _ = _operands(place, given, slots, 0)
            return _UNIT, _deleted(slots, found, keys)
        case t.Append(place):
            found, keys, values = _operands(place, given, slots, 1)
            old = _read(slots[found.slot].value, _path(found, keys))
            return _UNIT, _written(slots, found, keys, [*old, values[0]])
        case t.Locals(fields, body):
            zeros = tuple(Typed(child, zero(child)) for _, child in fields.fields)
            value, after = of(body, given, (*slots, *zeros))
            return value, after[: len(slots)]
        case t.Block(label, body):
            try:
                return of(body, given, slots)
            except _Left as left:
                if left.label != label:
                    raise
                return left.value, left.slots[: len(slots)]
        case t.Exit(label):
            raise _Left(label, given, slots)
        case t.Each(body) | t.MapEach(body):
            results, slots = _loop(body, given, slots, of)
            if isinstance(term, t.Each):
                return _UNIT, slots
            element = _element_type(body, given.type, slots, functions)
            items = _field(given, "1")
            if isinstance(items.type, Map):
                return Typed(Map(items.type.key, element), dict(zip(items.value, results, strict=True))), slots
            return Typed(List(element), results), slots
        case t.While(condition, body):
            while True:
                decided, slots = of(condition, given, slots)
                if not decided.value:
                    return _UNIT, slots
                _, slots = of(body, given, slots)
        case t.Curry():
            context = Context(tuple(slot.type for slot in slots[:1]), _signatures(functions))
            return Typed(infer(term, given.type, context)[0], (term.body, given)), slots
        case t.Apply():
            argument = _field(given, "1")
            body, made_on = _field(given, "0").value
            pair = Typed(tuple_of(made_on.type, argument.type), (made_on.value, argument.value))
            value, after = of(body, pair, slots[:1])
            return value, (*after[:1], *slots[1:])
        case t.Refuse(name):
            raise Refused(name, given.value)
        case t.Trap(kind):
            raise TRAPS[kind](given.value)
        case _:
            assert_never(term)


def _field(record: Typed, label: str) -> Typed:
    assert isinstance(record.type, Record)
    position = record.type.positions[label]
    return Typed(record.type.fields[position][1], record.value[position])


def _payload(variant: Typed) -> Typed:
    assert isinstance(variant.type, Variant)
    label, payload = variant.value
    payload_type = variant.type.case(label)
    assert payload_type is not None
    return Typed(payload_type, payload)


def _distribute(given: Typed, label: str) -> Typed:
    assert isinstance(given.type, Record)
    position = given.type.positions[label]
    variant = given.type.fields[position][1]
    assert isinstance(variant, Variant)

    def around(payload: Type) -> Record:
        fields = given.type.fields  # type: ignore[union-attr]  # asserted above
        return Record((name, payload if name == label else child) for name, child in fields)

    case, payload = given.value[position]
    value = tuple(payload if index == position else part for index, part in enumerate(given.value))
    return Typed(Variant((name, around(child)) for name, child in variant.cases), (case, value))


def _primitive(name: str, given: Typed) -> Typed:
    primitive = PRIMITIVES[name]
    types = operand_types(given.type, primitive.arity)
    assert types is not None
    result = primitive.result_type(types)
    assert result is not None
    operands = (given.value,) if primitive.arity == 1 else given.value
    return Typed(result, primitive.meaning(*operands))


def _pair(domain: Type) -> Record:
    """What a loop's body takes, from what the loop takes."""
    assert isinstance(domain, Record)
    (_, environment), (_, items) = domain.fields
    assert isinstance(items, List | Map)
    return tuple_of(environment, items.element if isinstance(items, List) else tuple_of(items.key, items.value))


def _loop(
    body: Term, given: Typed, slots: Slots, of: Callable[[Term, Typed, Slots], Result]
) -> tuple[list[Any], Slots]:
    environment, items = given.value
    results: list[Any] = []
    for item in items.items() if isinstance(items, dict) else items:
        value, slots = of(body, Typed(_pair(given.type), (environment, item)), slots)
        results.append(value.value)
    return results, slots


def _element_type(body: Term, domain: Type, slots: Slots, functions: Mapping[str, FunctionMeaning]) -> Type:
    """What the elements of a list are, even of an empty one: only typing can tell."""
    context = Context(tuple(slot.type for slot in slots), _signatures(functions), defaultdict(list))
    return infer(body, _pair(domain), context)[0]


def _signatures(functions: Mapping[str, FunctionMeaning]) -> dict[str, Signature]:
    return {name: Signature(each.domain, each.codomain, PURE) for name, each in functions.items()}


# ---- places ------------------------------------------------------------------------------------------------------


def _operands(
    place: Place, given: Typed, slots: Slots, values: int
) -> tuple[ResolvedPlace, tuple[Any, ...], tuple[Any, ...]]:
    found = resolve(place, [slot.type for slot in slots])
    assert isinstance(found, ResolvedPlace), found
    count = values + len(found.keys)
    operands = () if count == 0 else (given.value,) if count == 1 else given.value
    return found, operands[values:], operands[:values]


def _path(place: ResolvedPlace, keys: tuple[Any, ...]) -> tuple[Any, ...]:
    waiting = iter(keys)
    return tuple(next(waiting) if step is None else step for step in place.path)


def _child(container: Any, key: Any) -> Any:
    if isinstance(container, dict):
        if key in container:
            return container[key]
        raise MissingKey(f"no entry of key {key!r}")
    if -len(container) <= key < len(container):
        return container[key]
    raise IndexOutOfRange(f"index {key} of {len(container)} elements")


def _read(value: Any, path: tuple[Any, ...]) -> Any:
    return value if not path else _read(_child(value, path[0]), path[1:])


def _update(value: Any, path: tuple[Any, ...], change: Callable[[Any, Any], Any]) -> Any:
    """A value with its last container on a path replaced by what `change` makes of it and the last key."""
    key, *rest = path
    if not rest:
        return change(value, key)
    return _with(value, key, _update(_child(value, key), tuple(rest), change))


def _with(container: Any, key: Any, value: Any) -> Any:
    if isinstance(container, dict):
        return {**container, key: value}
    _child(container, key)
    position = key % len(container)
    return type(container)(value if index == position else part for index, part in enumerate(container))


def _without(container: Any, key: Any) -> Any:
    _child(container, key)
    if isinstance(container, dict):
        return {other: value for other, value in container.items() if other != key}
    position = key % len(container)
    return [part for index, part in enumerate(container) if index != position]


def _replaced(slots: Slots, slot: int, value: Any) -> Slots:
    return (*slots[:slot], Typed(slots[slot].type, value), *slots[slot + 1 :])


def _written(slots: Slots, place: ResolvedPlace, keys: tuple[Any, ...], value: Any) -> Slots:
    path = _path(place, keys)
    if not path:
        return _replaced(slots, place.slot, value)
    old = slots[place.slot].value
    return _replaced(slots, place.slot, _update(old, path, lambda container, key: _with(container, key, value)))


def _deleted(slots: Slots, place: ResolvedPlace, keys: tuple[Any, ...]) -> Slots:
    return _replaced(slots, place.slot, _update(slots[place.slot].value, _path(place, keys), _without))
