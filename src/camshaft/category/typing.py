"""The typing of terms: from a term and its domain to its codomain and its effect row.

Each constructor has one rule. `Never`, the type of what does not arrive, joins with every type; nothing else is
coerced. The verifier has the same rules for bytecode, and the tests hold the two against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, TypeAlias, assert_never

from camshaft.bytecode.effects import PURE, Effects, trapping
from camshaft.bytecode.occasion import QUESTIONS
from camshaft.bytecode.patterns import operand_types
from camshaft.bytecode.places import ResolvedPlace, resolve
from camshaft.bytecode.primitives import PRIMITIVES
from camshaft.bytecode.program import Place
from camshaft.category import terms as t
from camshaft.category.terms import Term
from camshaft.errors import TRAPS, Fault
from camshaft.values.conformance import conforms
from camshaft.values.types import (
    BOOL,
    INT,
    NEVER,
    STR,
    UNIT,
    WIDE,
    Function,
    List,
    Map,
    Record,
    Set,
    Type,
    Variant,
    is_storable,
    is_tuple,
    join,
    tuple_of,
)


class TypeMismatch(Fault):
    """A term is ill-typed. The language compiler makes well-typed terms only: there it is a bug of the compiler."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a call of a function needs to know about it."""

    domain: Type
    codomain: Type
    effects: Effects


@dataclass(frozen=True, slots=True)
class Context:
    """What is around a term: the types of the slots, the functions it may call, the blocks it may leave."""

    slots: tuple[Type, ...] = ()
    functions: Mapping[str, Signature] = field(default_factory=lambda: MappingProxyType({}))
    blocks: Mapping[str, list[Type]] = field(default_factory=lambda: MappingProxyType({}))
    """For each block around, by its label, the types that its exits seen so far leave it with."""

    def expect(self, term: Term, domain: Type, codomain: Type, where: str) -> Effects:
        """The effects of a term that must lead from a domain to a codomain.

        Raises:
            TypeMismatch: it is ill-typed or leads elsewhere.
        """
        found, effects = infer(term, domain, self)
        if join(found, codomain) is not codomain:
            raise TypeMismatch(f"{where}: the term leads to {found!r}, but {codomain!r} is declared")
        return effects


Typed: TypeAlias = tuple[Type, Effects]
_LOOPS: Final = Effects(loops=True)


def infer(term: Term, domain: Type, context: Context) -> Typed:  # noqa: C901 - one branch for each constructor
    """The codomain of a term on a domain, and its effects.

    Raises:
        TypeMismatch: the term makes no sense there.
    """
    match term:
        case t.Identity():
            return domain, PURE
        case t.Compose(parts):
            effects = PURE
            for part in parts:
                domain, more = infer(part, domain, context)
                if more is not PURE:
                    effects |= more
            return domain, effects
        case t.Fork(parts):
            typed = [(label, *infer(part, domain, context)) for label, part in parts]
            return Record([(label, codomain) for label, codomain, _ in typed]), _union([row for _, _, row in typed])
        case t.Project(label):
            child = domain.field(label) if isinstance(domain, Record) else None
            if child is None:
                raise TypeMismatch(f"{domain!r} has no field {label!r}")
            return child, PURE
        case t.Inject(variant, label):
            if variant.case(label) is not domain:
                raise TypeMismatch(f"no case {label!r} of {variant!r} has the payload {domain!r}")
            return variant, PURE
        case t.Case(branches):
            return _case(branches, domain, context)
        case t.Distribute(label):
            return _distribute(label, domain), PURE
        case t.If(condition, then, otherwise):
            effects = _condition(condition, domain, context)
            return _joined([infer(then, domain, context), infer(otherwise, domain, context)], effects)
        case t.Constant(type_, value):
            if not conforms(type_, value):
                raise TypeMismatch(f"{value!r} is not a value of {type_!r}")
            return type_, PURE
        case t.Primitive(name):
            return _primitive(name, domain)
        case t.Call(function):
            signature = context.functions.get(function)
            if signature is None:
                raise TypeMismatch(f"there is no function {function!r} before this term")
            if signature.domain is not domain:
                raise TypeMismatch(f"{function} takes {signature.domain!r}, not {domain!r}")
            return signature.codomain, signature.effects
        case t.Ask(name):
            return _question(name, domain)
        case t.Get(place):
            found = _place(place, (), domain, context)
            return found.type, Effects(reads=frozenset({found.slot}), traps=found.end_traps)
        case t.Put(place):
            found = _place(place, (_target(place, context).type,), domain, context)
            return UNIT, Effects(writes=frozenset({found.slot}), traps=found.put_traps)
        case t.Delete(place):
            found = _place(place, (), domain, context)
            if place.steps[-1:] != (None,):
                raise TypeMismatch("a deletion's place ends in a key or an index")
            return UNIT, Effects(writes=frozenset({found.slot}), traps=found.end_traps)
        case t.Append(place):
            target = _target(place, context).type
            if not isinstance(target, List):
                raise TypeMismatch(f"there is no list to append to at a place of {target!r}")
            found = _place(place, (target.element,), domain, context)
            return UNIT, Effects(writes=frozenset({found.slot}), traps=found.end_traps)
        case t.Locals(slots, body):
            if not is_storable(slots):
                raise TypeMismatch(f"local slots cannot hold {slots!r}")
            inner = replace(context, slots=(*context.slots, *(child for _, child in slots.fields)))
            codomain, effects = infer(body, domain, inner)
            return codomain, effects.without_slots(len(context.slots))
        case t.Block(label, body):
            return _block(label, body, domain, context)
        case t.Exit(label):
            if label not in context.blocks:
                raise TypeMismatch(f"there is no block {label!r} around")
            context.blocks[label].append(domain)
            return NEVER, Effects(exits=frozenset({label}))
        case t.Each(body) | t.MapEach(body):
            return _loop(term, body, domain, context)
        case t.While(condition, body):
            effects = _condition(condition, domain, context)
            done, more = infer(body, domain, context)
            if done is not UNIT and done is not NEVER:
                raise TypeMismatch(f"a loop's body leads to (), not {done!r}")
            return UNIT, effects | more | _LOOPS
        case t.Curry(parameter, body):
            if not is_storable(parameter):
                raise TypeMismatch(f"a function's parameter is data, not {parameter!r}")
            inner = Context(context.slots[:1], context.functions)
            codomain, latent = infer(body, tuple_of(domain, parameter), inner)
            return Function(parameter, codomain, latent), PURE
        case t.Apply():
            return _apply(domain)
        case t.Refuse(name, payload):
            if domain is not payload:
                raise TypeMismatch(f"the refusal {name} takes {payload!r}, not {domain!r}")
            return NEVER, Effects(refuses=frozenset({name}))
        case t.Trap(kind):
            if domain is not STR or kind not in TRAPS:
                raise TypeMismatch(f"a trap is of a known kind and takes a Str: {kind}, {domain!r}")
            return NEVER, Effects(traps=frozenset({kind}))
        case _:
            assert_never(term)


# ---- rules that need more than a line ------------------------------------------------------------------------------


def _condition(condition: Term, domain: Type, context: Context) -> Effects:
    decided, effects = infer(condition, domain, context)
    if decided is not BOOL:
        raise TypeMismatch(f"a condition is a Bool, not {decided!r}")
    return effects


def _case(branches: tuple[tuple[str, Term], ...], domain: Type, context: Context) -> Typed:
    if not isinstance(domain, Variant) or not domain.cases:
        raise TypeMismatch(f"a case takes a variant with cases, not {domain!r}")
    labels = tuple(label for label, _ in branches)
    expected = tuple(label for label, _ in domain.cases)
    if labels != expected:
        raise TypeMismatch(f"the branches {labels} are not the cases {expected} of the variant")
    return _joined(
        [infer(branch, payload, context) for (_, branch), (_, payload) in zip(branches, domain.cases, strict=True)],
        PURE,
    )


def _distribute(label: str, domain: Type) -> Type:
    variant = domain.field(label) if isinstance(domain, Record) else None
    if not isinstance(domain, Record) or not isinstance(variant, Variant):
        raise TypeMismatch(f"there is no variant in the field {label!r} of {domain!r}")
    position = domain.positions[label]
    return Variant(
        (case, Record((*domain.fields[:position], (label, payload), *domain.fields[position + 1 :])))
        for case, payload in variant.cases
    )


def _primitive(name: str, domain: Type) -> Typed:
    primitive = PRIMITIVES.get(name)
    if primitive is None:
        raise TypeMismatch(f"there is no operation {name!r}")
    operands = operand_types(domain, primitive.arity)
    result = None if operands is None else primitive.result_type(operands)
    if result is None:
        raise TypeMismatch(f"{name} takes {' or '.join(map(str, primitive.signatures))}, not {domain!r}")
    return result, trapping(primitive.traps)


def _question(name: str, domain: Type) -> Typed:
    question = QUESTIONS.get(name)
    if question is None:
        raise TypeMismatch(f"there is no question {name!r}")
    if operand_types(domain, len(question.operands)) != question.operands:
        raise TypeMismatch(f"{name} takes {question.operands}, not {domain!r}")
    return question.result, question.effects


def _target(place: Place, context: Context) -> ResolvedPlace:
    found = resolve(place, context.slots)
    if isinstance(found, str):
        raise TypeMismatch(f"no such place: {found}")
    return found


def _place(place: Place, before_keys: tuple[Type, ...], domain: Type, context: Context) -> ResolvedPlace:
    """The place, where the domain holds the operands before the keys and the keys themselves."""
    found = _target(place, context)
    expected = (*before_keys, *found.keys)
    operands = operand_types(domain, len(expected))
    if operands is None or not all(
        given is wanted or (given is WIDE and wanted is INT and index >= len(before_keys))
        for index, (given, wanted) in enumerate(zip(operands, expected, strict=True))
    ):
        raise TypeMismatch(f"an operation at the place {place.steps} takes {expected}, not {domain!r}")
    return found


def _block(label: str, body: Term, domain: Type, context: Context) -> Typed:
    exits: list[Type] = []
    inner = replace(context, blocks={**context.blocks, label: exits})
    codomain, effects = infer(body, domain, inner)
    return _join_all([codomain, *exits]), effects.without_exit(label)


def _loop(term: t.Each | t.MapEach, body: Term, domain: Type, context: Context) -> Typed:
    items = domain.field("1") if isinstance(domain, Record) and is_tuple(domain) and len(domain.fields) == 2 else None
    loops_over = List | Map if isinstance(term, t.MapEach) else List
    if not isinstance(domain, Record) or isinstance(items, Set) or not isinstance(items, loops_over):
        raise TypeMismatch(f"a loop takes an environment and a list, not {domain!r}")
    assert isinstance(items, List | Map)
    element = items.element if isinstance(items, List) else tuple_of(items.key, items.value)
    codomain, effects = infer(body, Record((domain.fields[0], ("1", element))), context)
    effects |= _LOOPS
    if isinstance(term, t.Each):
        if codomain is not UNIT and codomain is not NEVER:
            raise TypeMismatch(f"a loop's body leads to (), not {codomain!r}")
        return UNIT, effects
    # A body that never arrives is one for every loop: its list is empty wherever it is made.
    if codomain is not NEVER and not is_storable(codomain):
        raise TypeMismatch(f"a list cannot hold {codomain!r}")
    return (List(codomain) if isinstance(items, List) else Map(items.key, codomain)), effects


def _apply(domain: Type) -> Typed:
    operands = operand_types(domain, 2)
    function, argument = operands or (domain, domain)
    if not isinstance(function, Function):
        raise TypeMismatch(f"there is no function to apply in {domain!r}")
    if function.domain is not argument:
        raise TypeMismatch(f"{function!r} is applied to {argument!r}")
    assert isinstance(function.latent, Effects)
    return function.codomain, function.latent


def _joined(paths: list[Typed], effects: Effects) -> Typed:
    return _join_all([codomain for codomain, _ in paths]), effects | _union(row for _, row in paths)


def _join_all(types: list[Type]) -> Type:
    result: Type = NEVER
    for type_ in types:
        joined = join(result, type_)
        if joined is None:
            raise TypeMismatch(f"one path leads to {result!r}, another to {type_!r}")
        result = joined
    return result


def _union(rows: Iterable[Effects]) -> Effects:
    result = PURE
    for row in rows:
        result |= row
    return result
