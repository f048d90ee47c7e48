"""The free category that a machine is compiled to.

A term is a morphism from a domain to a codomain that may read and write the slots of a state, refuse, trap, and
leave a block early: `T s a b`. It is plain data. `typing` says which terms make sense and what they may do, `meaning`
says what they compute, `assembler` turns them into bytecode; each is one match over the union at the end of this page.

Slot 0 is the machine's state. `Locals` adds slots for the length of a block.

An operation of several operands takes them as a tuple; one of a single operand takes the bare value; one of none
ignores what it is given. `operand_types` in `bytecode/patterns.py` is that rule.

Source: Conal Elliott, "Compiling to Categories" (2017), for the cartesian part; Power and Thielecke, "Closed Freyd-
and kappa-categories" (1999), for the order of effects: `Fork` evaluates from left to right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from camshaft.bytecode.program import Place
from camshaft.values.types import Record, Type, Variant


class _Term:
    """What all terms share: `f >> g` is first f, then g; `f @ g` is f on the first of a pair and g on the second."""

    __slots__ = ()

    def __rshift__(self, then: Term) -> Term:
        return compose(self, then)  # type: ignore[arg-type]  # _Term itself has no instances

    def __matmul__(self, beside: Term) -> Term:
        return fork(compose(Project("0"), self), compose(Project("1"), beside))  # type: ignore[arg-type]  # as above


# ---- category ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Identity(_Term):
    """a -> a"""


@dataclass(frozen=True, slots=True)
class Compose(_Term):
    """a -> z: each part in turn on the result of the part before; at least two parts."""

    parts: tuple[Term, ...]


# ---- products ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fork(_Term):
    """a -> {label: b, …}: every part on the same input, from left to right, collected in a record."""

    parts: tuple[tuple[str, Term], ...]


@dataclass(frozen=True, slots=True)
class Project(_Term):
    """{…, label: a, …} -> a"""

    label: str


# ---- sums ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Inject(_Term):
    """a -> variant, where a is the payload type of the case `label`."""

    variant: Variant
    label: str


@dataclass(frozen=True, slots=True)
class Case(_Term):
    """variant -> b: one branch for each case, in the order of the cases, from its payload."""

    branches: tuple[tuple[str, Term], ...]


@dataclass(frozen=True, slots=True)
class Distribute(_Term):
    """{…, label: variant, …} -> variant of records: a * (b + c) -> a*b + a*c, so that branches see what is around."""

    label: str


@dataclass(frozen=True, slots=True)
class If(_Term):
    """a -> b: the condition a -> Bool decides which branch gets the same input. `Case` on 1 + 1, distributed."""

    condition: Term
    then: Term
    otherwise: Term


# ---- constants and operations ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Constant(_Term):
    """a -> type: always this value, which must not be changed by anybody."""

    type: Type
    value: Any


@dataclass(frozen=True, slots=True)
class Primitive(_Term):
    """operands -> result: an operation of the table in `bytecode/primitives/`."""

    name: str


@dataclass(frozen=True, slots=True)
class Call(_Term):
    """domain -> codomain of a function of the program; a function calls only functions before it."""

    function: str


@dataclass(frozen=True, slots=True)
class Ask(_Term):
    """operands -> answer: a question about the step's occasion, of the table in `bytecode/occasion.py`."""

    question: str


# ---- state -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Get(_Term):
    """(key, …) -> what is at the place"""

    place: Place


@dataclass(frozen=True, slots=True)
class Put(_Term):
    """(value, key, …) -> (): write at the place; a place that ends in a map's key may be new"""

    place: Place


@dataclass(frozen=True, slots=True)
class Delete(_Term):
    """(key, …) -> (): take the entry of a map or the element of a list away"""

    place: Place


@dataclass(frozen=True, slots=True)
class Append(_Term):
    """(value, key, …) -> (): add to the end of the list at the place"""

    place: Place


@dataclass(frozen=True, slots=True)
class Locals(_Term):
    """a -> b: the body with one more slot for each field of `slots`, each starting as the zero of its type."""

    slots: Record
    body: Term


# ---- control ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Block(_Term):
    """a -> b: the body; an `Exit` of this label within it ends the block at once, with its input as the result."""

    label: str
    body: Term


@dataclass(frozen=True, slots=True)
class Exit(_Term):
    """b -> Never: leave the enclosing block of this label."""

    label: str


@dataclass(frozen=True, slots=True)
class Each(_Term):
    """(a, List b) -> (): the body (a, b) -> () on each element in turn."""

    body: Term


@dataclass(frozen=True, slots=True)
class MapEach(_Term):
    """(a, List b) -> List c: the list of what the body (a, b) -> c gives on each element in turn. Of a map, the body
    takes (a, (key, value)), and the result is the map of the same keys."""

    body: Term


@dataclass(frozen=True, slots=True)
class While(_Term):
    """a -> (): while the condition a -> Bool holds, the body a -> (); as long as the fuel allows."""

    condition: Term
    body: Term


# ---- exponentials ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Curry(_Term):
    """a -> (b => c): the function that the body (a, b) -> c is, once its a is given.

    It may be applied when the slots and blocks around are gone, so the body uses slot 0 only, and no exits.
    """

    parameter: Type
    body: Term


@dataclass(frozen=True, slots=True)
class Apply(_Term):
    """(b => c, b) -> c"""


# ---- failure ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Refuse(_Term):
    """payload -> Never: end the step with a refusal of the machine; the state stays as it was before the step."""

    name: str
    payload: Record


@dataclass(frozen=True, slots=True)
class Trap(_Term):
    """Str -> Never: end the step with a trap of this kind and this text; the state stays as it was."""

    kind: str


Term: TypeAlias = (
    Identity
    | Compose
    | Fork
    | Project
    | Inject
    | Case
    | Distribute
    | If
    | Constant
    | Primitive
    | Call
    | Ask
    | Get
    | Put
    | Delete
    | Append
    | Locals
    | Block
    | Exit
    | Each
    | MapEach
    | While
    | Curry
    | Apply
    | Refuse
    | Trap
)


# ---- combinators -----------------------------------------------------------------------------------------------------


def compose(*terms: Term) -> Term:
    """First the first term, then the second, …: nested compositions are flattened and identities left out."""
    parts: list[Term] = []
    for term in terms:
        if isinstance(term, Compose):
            parts.extend(term.parts)
        elif not isinstance(term, Identity):
            parts.append(term)
    if not parts:
        return Identity()
    return parts[0] if len(parts) == 1 else Compose(tuple(parts))


def fork(*terms: Term) -> Term:
    """The tuple of what each term gives on the same input."""
    return Fork(tuple((str(index), term) for index, term in enumerate(terms)))


def operate(operation: Primitive | Ask | Get | Put | Delete | Append | Apply, *operands: Term) -> Term:
    """An operation on what the operand terms give on the same input."""
    if not operands:
        return operation
    return compose(operands[0] if len(operands) == 1 else fork(*operands), operation)


def sequence(*terms: Term) -> Term:
    """Every term on the same input, from left to right; the result is that of the last."""
    if len(terms) == 1:
        return terms[0]
    return compose(fork(*terms), Project(str(len(terms) - 1)))
