"""What a law is: two schemes of terms, the types of their metavariables, and a condition on their effects.

The names of metavariables that all laws share are here too, as in a book: A, B, C for types, f, g, h for terms, i, j, k
for what stands any number of times, L and M for labels, P and Q for places.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from camshaft.category import terms as t
from camshaft.category.schemes import Every, Label, Product, Shape, Unknown, hole, some
from camshaft.category.terms import Term


class Needs(Enum):
    """What a condition asks for."""

    DISCARDABLE = "writes nothing and always arrives"
    COPYABLE = "writes nothing"
    PURE = "reads and writes nothing and always arrives"
    COMMUTING = "can run before or after the other"
    LEAVES_ALONE = "writes nothing that the other reads or writes"
    APART = "is a place neither within the other nor around it"


@dataclass(frozen=True, slots=True)
class Condition:
    """What a law asks of a metavariable, or of one beside another. A place stands for writing at it."""

    needs: Needs
    subject: str
    beside: str | None = None


class Direction(Enum):
    """Which side of a law is the simpler one."""

    LEFT_TO_RIGHT = "->"
    RIGHT_TO_LEFT = "<-"


@dataclass(frozen=True, slots=True)
class Arrow:
    """A metavariable for a term from a domain to a codomain. An index that it has, its shapes share."""

    name: str
    domain: Shape
    codomain: Shape
    index: str | None = None
    closed: bool = False
    """Whether it is a function's body: it uses the machine's state only, and leaves no block."""


@dataclass(frozen=True, slots=True)
class Law:
    """Two terms, from the same domain to the same codomain, that mean the same."""

    family: str
    name: str
    left: Term
    right: Term
    domain: Shape
    codomain: Shape
    source: str
    holes: tuple[Arrow, ...] = ()
    data: tuple[tuple[str, Shape], ...] = ()
    """The types that metavariables for types stand for, and those at the places that metavariables stand for."""
    conditions: tuple[Condition, ...] = ()
    direction: Direction | None = None


A, B, C, D = Unknown("a"), Unknown("b"), Unknown("c"), Unknown("d")
f, g, h, c, x, y = map(hole, "fghcxy")
i, j, k, m = Every("i"), Every("j"), Every("k"), Every("m")
L, M = Label("L"), Label("M")
Ai, Bi, Bj, Ck, Cm = Unknown("a", i), Unknown("b", i), Unknown("b", j), Unknown("c", k), Unknown("c", m)
fi, fk, hj, hm = hole("f", i), hole("f", k), hole("h", j), hole("h", m)
V, T, P, Q = some("V"), some("T"), some("P"), some("Q")
LR, RL = Direction.LEFT_TO_RIGHT, Direction.RIGHT_TO_LEFT
FIRST, SECOND, TO_UNIT = t.Project("0"), t.Project("1"), t.Fork(())


def then(*parts: Term) -> Term:
    return t.Compose(parts)


def pair(left: Term, right: Term) -> Term:
    return t.Fork((("0", left), ("1", right)))


def pair_of(left: Shape, right: Shape) -> Product:
    return Product((("0", left), ("1", right)))
