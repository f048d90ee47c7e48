"""Combinators: terms as people write them, without variables.

Each states its domain and codomain. A pair is a tuple of two; `f >> g` is first f, then g; `f @ g` is f on the first
of a pair and g on the second. For terms written with variables see `morphism`.

    swap = copy >> second @ first        ((a, b) -> (b, a), as the seed of this project writes it)

Source: Conal Elliott, "Compiling to Categories" (2017); John Hughes, "Generalising Monads to Arrows" (2000).
"""

from __future__ import annotations

from typing import Any, Final

from camshaft.bytecode.occasion import QUESTIONS
from camshaft.bytecode.primitives import PRIMITIVES
from camshaft.bytecode.program import Place
from camshaft.category import terms as t
from camshaft.category.terms import Term, compose, fork, operate, sequence
from camshaft.values.types import NONE_LABEL, UNIT, Record, Type, Variant, is_tuple, optional_payload

__all__ = [
    "append",
    "apply",
    "ask",
    "assoc",
    "case",
    "compose",
    "constant",
    "consume",
    "copy",
    "curry",
    "delete",
    "distribute",
    "first",
    "fork",
    "get",
    "identity",
    "if_else",
    "inject",
    "kase",
    "loop",
    "map_each",
    "maybe",
    "on_first",
    "on_second",
    "operate",
    "par",
    "primitive",
    "project",
    "put",
    "record",
    "refuse",
    "second",
    "sequence",
    "swap",
    "trap",
    "unassoc",
    "uncurry",
    "undistribute",
    "update",
]

# ---- category and products -------------------------------------------------------------------------------------------

identity: Final[Term] = t.Identity()
"""a -> a"""
first: Final[Term] = t.Project("0")
"""(a, b) -> a"""
second: Final[Term] = t.Project("1")
"""(a, b) -> b"""
copy: Final[Term] = fork(identity, identity)
"""a -> (a, a)"""
consume: Final[Term] = t.Fork(())
"""a -> ()"""
swap: Final[Term] = fork(second, first)
"""(a, b) -> (b, a)"""
assoc: Final[Term] = fork(first >> first, fork(first >> second, second))
"""((a, b), c) -> (a, (b, c))"""
unassoc: Final[Term] = fork(fork(first, second >> first), second >> second)
"""(a, (b, c)) -> ((a, b), c)"""


def par(*terms: Term) -> Term:
    """(a, b, …) -> (c, d, …): each term on its own element, from left to right; `f @ g` of any number."""
    return fork(*(compose(project(index), term) for index, term in enumerate(terms)))


def on_first(term: Term) -> Term:
    """(a, c) -> (b, c), of a term a -> b."""
    return par(term, identity)


def on_second(term: Term) -> Term:
    """(c, a) -> (c, b), of a term a -> b."""
    return par(identity, term)


def record(**fields: Term) -> Term:
    """a -> {label: b, …}, of terms a -> b: every term on the same input, from left to right."""
    return t.Fork(tuple(fields.items()))


def project(label: str | int) -> Term:
    """{…, label: a, …} -> a; a number is the position in a tuple."""
    return t.Project(str(label))


# ---- sums ------------------------------------------------------------------------------------------------------------


def inject(variant: Variant, label: str) -> Term:
    """a -> variant, where a is the payload type of the case `label`.

    Raises:
        ValueError: the variant has no such case.
    """
    if variant.case(label) is None:
        raise ValueError(f"{variant!r} has no case {label!r}; it has {', '.join(variant.positions)}")
    return t.Inject(variant, label)


def case(**branches: Term) -> Term:
    """variant -> b: one branch for each case, from its payload; `None_` stands for the case None."""
    return t.Case(_sorted(branches))


def kase(scrutinee: Term, **branches: Term) -> Term:
    """a -> b: decide by a term a -> variant. A branch takes (a, payload), so that it sees what is around."""
    return compose(fork(identity, scrutinee), distribute(), case(**branches))


def maybe(variant: Variant, *, absent: Term, present: Term) -> Term:
    """variant -> b, of an optional: `absent` on (), `present` on the payload.

    Raises:
        ValueError: the variant is not an optional.
    """
    found = optional_payload(variant)
    if found is None:
        raise ValueError(
            f"{variant!r} is not an optional: it does not have two cases of which one is None without payload"
        )
    return case(None_=absent, **{found[0]: present})


def distribute(label: str | int = "1") -> Term:
    """{…, label: variant, …} -> variant of records: a * (b + c) -> a*b + a*c."""
    return t.Distribute(str(label))


def undistribute(domain: Record, label: str | int = "1") -> Term:
    """variant of records -> {…, label: variant, …}: the inverse of `distribute`; `domain` is the record that it gives.

    Raises:
        ValueError: the field is not a variant.
    """
    name = str(label)
    variant = domain.field(name)
    if not isinstance(variant, Variant):
        raise ValueError(f"there is no variant in the field {name!r} of {domain!r}")  # noqa: TRY004 - of a type
    return t.Case(
        tuple(
            (
                each,
                t.Fork(
                    tuple(
                        (other, compose(project(other), inject(variant, each)) if other == name else project(other))
                        for other, _ in domain.fields
                    )
                ),
            )
            for each, _ in variant.cases
        )
    )


def if_else(condition: Term, then: Term, otherwise: Term) -> Term:
    """a -> b: the condition a -> Bool decides which branch gets the same input."""
    return t.If(condition, then, otherwise)


# ---- exponentials ----------------------------------------------------------------------------------------------------


def curry(parameter: Type, body: Term) -> Term:
    """a -> (b => c), of a body (a, b) -> c, where `parameter` is b."""
    return t.Curry(parameter, body)


apply: Final[Term] = t.Apply()
"""(b => c, b) -> c"""


def uncurry(term: Term) -> Term:
    """(a, b) -> c, of a term a -> (b => c)."""
    return compose(on_first(term), apply)


# ---- constants and operations ----------------------------------------------------------------------------------------


def constant(type_: Type, value: Any) -> Term:
    """a -> type: always this value."""
    return t.Constant(type_, value)


def primitive(name: str, *operands: Term) -> Term:
    """operands -> result: an operation of the table; of operand terms a -> operand, a -> result.

    Raises:
        ValueError: there is no such operation.
    """
    if name not in PRIMITIVES:
        raise ValueError(f"there is no operation {name!r}; there are {', '.join(PRIMITIVES)}")
    return operate(t.Primitive(name), *operands)


def ask(question: str, *operands: Term) -> Term:
    """operands -> answer: a question about the step's occasion; of operand terms a -> operand, a -> answer.

    Raises:
        ValueError: there is no such question.
    """
    if question not in QUESTIONS:
        raise ValueError(f"there is no question {question!r}; there are {', '.join(QUESTIONS)}")
    return operate(t.Ask(question), *operands)


def loop(body: Term) -> Term:
    """(a, List b) -> (): the body (a, b) -> () on each element in turn."""
    return t.Each(body)


def map_each(body: Term) -> Term:
    """(a, List b) -> List c: the list of what the body (a, b) -> c gives on each element in turn."""
    return t.MapEach(body)


# ---- state -----------------------------------------------------------------------------------------------------------


def get(*steps: str | None) -> Term:
    """(key, …) -> what is at the place of the state: a step is a field's label, or None for the next key."""
    return t.Get(Place(0, steps))


def put(*steps: str | None) -> Term:
    """(value, key, …) -> (): write at the place of the state."""
    return t.Put(Place(0, steps))


def delete(*steps: str | None) -> Term:
    """(key, …) -> (): take the entry of a map or the element of a list away."""
    return t.Delete(Place(0, steps))


def append(*steps: str | None) -> Term:
    """(value, key, …) -> (): add to the end of the list at the place of the state."""
    return t.Append(Place(0, steps))


def update(step: str, change: Term) -> Term:
    """a -> (): write at a field of the state what `change` makes of (a, what is there)."""
    return compose(fork(identity, get(step)), change, put(step))


# ---- failure ---------------------------------------------------------------------------------------------------------


def refuse(name: str, payload: Record = UNIT) -> Term:
    """payload -> Never: end the step with a refusal.

    Raises:
        ValueError: the payload is a tuple: a refusal's fields have names.
    """
    if is_tuple(payload):
        raise ValueError(f"the fields of the refusal {name} have names; {payload!r} is a tuple")
    return t.Refuse(name, payload)


def trap(kind: str) -> Term:
    """Str -> Never: end the step with a trap of this kind and this text."""
    return t.Trap(kind)


def _sorted(branches: dict[str, Term]) -> tuple[tuple[str, Term], ...]:
    # `None` is a keyword of Python's, and a label of every optional.
    named = ((NONE_LABEL if label == "None_" else label, term) for label, term in branches.items())
    return tuple(sorted(named, key=lambda branch: branch[0]))
