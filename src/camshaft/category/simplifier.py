"""Smaller terms of the same meaning, by the laws that have a direction and nothing else.

Each step replaces a part of a term by the other side of a law whose condition holds there, if that makes the term
smaller (`size`), gives it the same codomain, and adds no effect. So it terminates: every step takes at least one
constructor away. It simplifies from the leaves up, and each part again as far as a step has changed it. It does not
find the smallest term: laws without a direction are never tried, and of the others only copying is tried against its
direction, before a fork that only moves things around.

Smaller is not always faster: `f >> copy` is smaller than `fork(f, f)`, and runs f once; but where f is a chain of
projections, the code of both is much the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from camshaft.category import terms as t
from camshaft.category.conditions import satisfied, typed
from camshaft.category.laws import LAWS, Direction, Law
from camshaft.category.schemes import Hole, instance, match, prefixes
from camshaft.category.subterms import parts as parts_of
from camshaft.category.subterms import rebuilt, size
from camshaft.category.terms import Term, compose
from camshaft.category.typing import Context
from camshaft.errors import Fault
from camshaft.values.types import List, Map, Record, Type, Variant, tuple_of


@dataclass(frozen=True, slots=True)
class _Rule:
    """A law in its direction. `heads` are the constructors of the parts of `old`, None for a hole."""

    law: Law
    old: Term
    new: Term
    heads: tuple[type | None, ...]

    def may_fit(self, parts: tuple[Term, ...]) -> bool:
        """Whether the constructors of a composition's parts let the law apply at its start: cheaper than matching."""
        head, *rest = self.heads
        if head is None:
            return any(type(part) is rest[0] for part in parts)
        return type(parts[0]) is head and all(
            wanted in (None, type(part)) for wanted, part in zip(rest, parts[1:], strict=False)
        )


def _rule(law: Law) -> _Rule:
    sides = (law.left, law.right) if law.direction is Direction.LEFT_TO_RIGHT else (law.right, law.left)
    first = sides[0].parts if isinstance(sides[0], t.Compose) else (sides[0],)
    return _Rule(law, *sides, tuple(None if isinstance(part, Hole) else type(part) for part in first))


# `compose` itself uses the laws of a category.
_RULES = tuple(_rule(law) for law in LAWS if law.direction is not None and law.family != "category")
(_COPYING,) = (law for law in LAWS if law.name == "copying")


def simplify(term: Term, domain: Type, context: Context) -> Term:
    """A term of the same meaning and codomain, with no more effects and no more constructors.

    The term must be well-typed on the domain.
    """
    term = flattened(term)
    while True:
        smaller = _Simplifier(context).of(term, domain)
        if size(smaller) == size(term):
            return smaller
        # Once more: a law can bring out parts that could not be simplified where they were, such as a function's body,
        # whose effects its type tells.
        term = smaller


class _Simplifier:
    """Simplifies what is in one context."""

    def __init__(self, context: Context, *, fuses: int = 2) -> None:
        """`fuses`: how deep forks behind forks are tried as one. Each try tries its own, so without an end to it
        a chain of forks would take exponential time."""
        self._context = context
        self._fuses = fuses

    def of(self, term: Term, domain: Type) -> Term:
        term = self._parts(term, domain)
        while (smaller := self._step(term, domain)) is not None:
            term = smaller
        return term

    # ---- the parts of a term, each in its own context ----------------------------------------------------------------

    def _parts(self, term: Term, domain: Type) -> Term:
        match term:
            case t.Compose(parts):
                made: list[Term] = []
                for part in parts:
                    made.append(self.of(part, domain))
                    domain = self._codomain(part, domain)
                return compose(*made)
            case t.Case(branches):
                assert isinstance(domain, Variant)
                payloads = dict(domain.cases)
                return t.Case(tuple((label, self.of(branch, payloads[label])) for label, branch in branches))
            case t.Each(body) | t.MapEach(body):
                return type(term)(self.of(body, _element(domain)))
            case t.Locals(slots, body):
                wider = (*self._context.slots, *(child for _, child in slots.fields))
                inner = Context(wider, self._context.functions, self._context.blocks)
                return t.Locals(slots, _Simplifier(inner, fuses=self._fuses).of(body, domain))
            case t.Block(label, body):
                blocks = {**self._context.blocks, label: []}
                inner = Context(self._context.slots, self._context.functions, blocks)
                # Of a block that lost its exits, the codomain may be Never: the caller may need the one it had.
                return self._kept(term, t.Block(label, _Simplifier(inner, fuses=self._fuses).of(body, domain)), domain)
            case t.Curry(parameter, body):
                inner = Context(self._context.slots[:1], self._context.functions)
                # A function's type says what applying it may do: it stays as it is, or another branch would differ.
                simpler = t.Curry(
                    parameter, _Simplifier(inner, fuses=self._fuses).of(body, tuple_of(domain, parameter))
                )
                return self._kept(term, simpler, domain)
            case _:
                return rebuilt(term, lambda part: self.of(part, domain))

    def _kept(self, term: Term, simpler: Term, domain: Type) -> Term:
        return simpler if self._codomain(simpler, domain) is self._codomain(term, domain) else term

    def _codomain(self, term: Term, domain: Type) -> Type:
        found = typed(term, domain, self._context)
        if found is None:
            raise Fault(f"an ill-typed term was to be simplified: {term!r} on {domain!r}")
        return found[0]

    # ---- one step ----------------------------------------------------------------------------------------------------

    def _step(self, term: Term, domain: Type) -> Term | None:
        """The term after one use of a law, or None where none makes it smaller."""
        parts = term.parts if isinstance(term, t.Compose) else (term,)
        for start in range(len(parts)):
            for smaller in self._uses(parts[start:], domain):
                return compose(*parts[:start], smaller)
            if start + 1 < len(parts):
                fused = self._fused(parts[start], parts[start + 1], domain)
                if fused is not None:
                    return compose(*parts[:start], fused, *parts[start + 2 :])
            domain = self._codomain(parts[start], domain)
        return None

    def _uses(self, parts: tuple[Term, ...], domain: Type) -> Iterator[Term]:
        """What a composition can become by using a law on its first parts."""
        term = compose(*parts)
        for rule in _RULES:
            for found, old, rest in prefixes(rule.old, term) if rule.may_fit(parts) else ():
                if satisfied(rule.law, found, domain, self._context):
                    new = flattened(instance(rule.new, found))
                    if size(new) < size(old) and self._fits(new, old, domain):
                        yield compose(new, rest)

    def _fused(self, made: Term, taken: Term, domain: Type) -> Term | None:
        """A fork after a fork, as one: `swap >> swap` is the identity. The law of copying in its growing direction, for
        once, where the second fork only moves around what the first made, and that comes out smaller after all."""
        if not (self._fuses and isinstance(made, t.Fork) and isinstance(taken, t.Fork) and _only_moves(taken)):
            return None
        alone = _Simplifier(self._context, fuses=self._fuses - 1)
        old = compose(made, taken)
        for found in match(_COPYING.left, old, {}):
            if satisfied(_COPYING, found, domain, self._context):
                new = alone.of(flattened(instance(_COPYING.right, found)), domain)
                if size(new) < size(old) and self._fits(new, old, domain):
                    return new
        return None

    def _fits(self, new: Term, old: Term, domain: Type) -> bool:
        before, after = typed(old, domain, self._context), typed(new, domain, self._context)
        return before is not None and after is not None and after[0] is before[0] and after[1] <= before[1]


def _only_moves(term: Term) -> bool:
    return isinstance(term, t.Identity | t.Project | t.Fork | t.Compose) and all(map(_only_moves, parts_of(term)))


def flattened(term: Term) -> Term:
    """The term with nested compositions made one, and identities left out of them: the laws of a category."""
    term = rebuilt(term, flattened)
    return compose(*term.parts) if isinstance(term, t.Compose) else term


def _element(domain: Type) -> Type:
    assert isinstance(domain, Record)
    (_, environment), (_, items) = domain.fields
    assert isinstance(items, List | Map)
    return tuple_of(environment, items.element if isinstance(items, List) else tuple_of(items.key, items.value))
