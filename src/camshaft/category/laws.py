"""The laws of terms, as data: which two terms mean the same, and under which condition on their effects.

Terms have effects, so that most laws of a cartesian closed category hold only on a condition: `fork(f, g) >> first`
is f only where g can be left out. `left` and `right` are schemes (`schemes`), and `holes` states the type of each
metavariable, in an order in which each domain is known once those before it are. What a condition says about a hole
with an index, it says about all terms that the hole stands for.

The simplifier uses the laws that have a direction, and nothing else. The tests try every law on generated terms, and
show for every condition two terms that differ without it.

Sources, by the name that a law gives:

    Elliott     Conal Elliott, "Compiling to Categories" (2017), section 3: cartesian closed categories
    Power       Power and Thielecke, "Closed Freyd- and kappa-categories" (1999): discardable, copyable, central
    Cockett     J. R. B. Cockett, "Introduction to distributive categories" (1993)
    Plotkin     Plotkin and Power, "Notions of Computation Determine Monads" (2002): the equations of global state
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from camshaft.category import terms as t
from camshaft.category.schemes import Every, Label, Product, Shape, Sum, Unknown, hole, some
from camshaft.category.terms import Term
from camshaft.values.types import BOOL, UNIT


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


_A, _B, _C, _D = Unknown("a"), Unknown("b"), Unknown("c"), Unknown("d")
_f, _g, _h, _c, _x, _y = map(hole, "fghcxy")
_i, _j, _k, _m = Every("i"), Every("j"), Every("k"), Every("m")
_L, _M = Label("L"), Label("M")
_Ai, _Bi, _Bj, _Ck, _Cm = Unknown("a", _i), Unknown("b", _i), Unknown("b", _j), Unknown("c", _k), Unknown("c", _m)
_fi, _fk, _hj, _hm = hole("f", _i), hole("f", _k), hole("h", _j), hole("h", _m)
_V, _T, _P, _Q = some("V"), some("T"), some("P"), some("Q")
_LR, _RL = Direction.LEFT_TO_RIGHT, Direction.RIGHT_TO_LEFT
_FIRST, _SECOND, _UNIT = t.Project("0"), t.Project("1"), t.Fork(())


def _then(*parts: Term) -> Term:
    return t.Compose(parts)


def _pair(left: Term, right: Term) -> Term:
    return t.Fork((("0", left), ("1", right)))


def _pair_of(left: Shape, right: Shape) -> Product:
    return Product((("0", left), ("1", right)))


_CATEGORY: Final = (
    Law(
        "category", "left identity", _then(t.Identity(), _f), _f, _A, _B, "Elliott", (Arrow("f", _A, _B),), (), (), _LR
    ),
    Law(
        "category", "right identity", _then(_f, t.Identity()), _f, _A, _B, "Elliott", (Arrow("f", _A, _B),), (), (), _LR
    ),
    Law(
        "category",
        "associativity",
        _then(_then(_f, _g), _h),
        _then(_f, _then(_g, _h)),
        _A,
        _D,
        "Elliott",
        (Arrow("f", _A, _B), Arrow("g", _B, _C), Arrow("h", _C, _D)),
    ),
)

_PRODUCT: Final = (
    Law(
        "product",
        "projection",
        _then(t.Fork(((_i, _fi), (_L, _g), (_j, _hj))), t.Project(_L)),
        _g,
        _A,
        _C,
        "Power",
        (Arrow("f", _A, _Bi, _i), Arrow("g", _A, _C), Arrow("h", _A, _Bj, _j)),
        conditions=(Condition(Needs.DISCARDABLE, "f"), Condition(Needs.DISCARDABLE, "h")),
        direction=_LR,
    ),
    Law(
        "product",
        "all projections",
        t.Fork(((_i, t.Project(_i)),)),
        t.Identity(),
        Product(((_i, _Ai),)),
        Product(((_i, _Ai),)),
        "Elliott",
        direction=_LR,
    ),
    Law(
        "product",
        "copying",
        _then(_g, t.Fork(((_L, _f), (_i, _fi)))),
        t.Fork(((_L, _then(_g, _f)), (_i, _then(_g, _fi)))),
        _A,
        Product(((_L, _C), (_i, _Bi))),
        "Power",
        (Arrow("g", _A, _B), Arrow("f", _B, _C), Arrow("f", _B, _Bi, _i)),
        conditions=(Condition(Needs.COPYABLE, "g"), Condition(Needs.LEAVES_ALONE, "f", "g")),
        direction=_RL,
    ),
    Law(
        "product",
        "discarding",
        _then(_f, _UNIT),
        _UNIT,
        _A,
        UNIT,
        "Power",
        (Arrow("f", _A, _B),),
        conditions=(Condition(Needs.DISCARDABLE, "f"),),
        direction=_LR,
    ),
    Law(
        "product",
        "exchange",
        _pair(_f, _g),
        _then(_pair(_g, _f), _pair(_SECOND, _FIRST)),
        _A,
        _pair_of(_B, _C),
        "Power",
        (Arrow("f", _A, _B), Arrow("g", _A, _C)),
        conditions=(Condition(Needs.COMMUTING, "f", "g"),),
    ),
)

_COPRODUCT: Final = (
    Law(
        "coproduct",
        "injection",
        _then(t.Inject(_V, _L), t.Case(((_i, _fi), (_L, _g), (_j, _hj)))),
        _g,
        _A,
        _C,
        "Elliott",
        (Arrow("f", _Bi, _C, _i), Arrow("g", _A, _C), Arrow("h", _Bj, _C, _j)),
        (("V", Sum(((_i, _Bi), (_L, _A), (_j, _Bj)))),),
        direction=_LR,
    ),
    Law(
        "coproduct",
        "all injections",
        t.Case(((_L, t.Inject(_V, _L)), (_i, t.Inject(_V, _i)))),
        t.Identity(),
        Sum(((_L, _A), (_i, _Ai))),
        Sum(((_L, _A), (_i, _Ai))),
        "Elliott",
        data=(("V", Sum(((_L, _A), (_i, _Ai)))),),
        direction=_LR,
    ),
    Law(
        "coproduct",
        "after every branch",
        _then(t.Case(((_L, _f), (_i, _fi))), _g),
        t.Case(((_L, _then(_f, _g)), (_i, _then(_fi, _g)))),
        Sum(((_L, _A), (_i, _Ai))),
        _C,
        "Elliott",
        (Arrow("f", _A, _B), Arrow("f", _Ai, _B, _i), Arrow("g", _B, _C)),
        direction=_RL,
    ),
    Law(
        "coproduct",
        "true",
        t.If(t.Constant(BOOL, True), _f, _g),
        _f,
        _A,
        _B,
        "Elliott",
        (Arrow("f", _A, _B), Arrow("g", _A, _B)),
        direction=_LR,
    ),
    Law(
        "coproduct",
        "false",
        t.If(t.Constant(BOOL, False), _f, _g),
        _g,
        _A,
        _B,
        "Elliott",
        (Arrow("f", _A, _B), Arrow("g", _A, _B)),
        direction=_LR,
    ),
    Law(
        "coproduct",
        "negation",
        t.If(_then(_c, t.Primitive("not")), _f, _g),
        t.If(_c, _g, _f),
        _A,
        _B,
        "Elliott",
        (Arrow("c", _A, BOOL), Arrow("f", _A, _B), Arrow("g", _A, _B)),
        direction=_LR,
    ),
    Law(
        "coproduct",
        "equal branches",
        t.If(_c, _f, _f),
        _f,
        _A,
        _B,
        "Power",
        (Arrow("c", _A, BOOL), Arrow("f", _A, _B)),
        conditions=(Condition(Needs.DISCARDABLE, "c"),),
        direction=_LR,
    ),
    Law(
        "coproduct",
        "after both branches",
        _then(t.If(_c, _f, _g), _h),
        t.If(_c, _then(_f, _h), _then(_g, _h)),
        _A,
        _C,
        "Elliott",
        (Arrow("c", _A, BOOL), Arrow("f", _A, _B), Arrow("g", _A, _B), Arrow("h", _B, _C)),
        direction=_RL,
    ),
    Law(
        "coproduct",
        "before a decision",
        _then(_h, t.If(_c, _f, _g)),
        t.If(_then(_h, _c), _then(_h, _f), _then(_h, _g)),
        _A,
        _C,
        "Power",
        (Arrow("h", _A, _B), Arrow("c", _B, BOOL), Arrow("f", _B, _C), Arrow("g", _B, _C)),
        conditions=(Condition(Needs.COPYABLE, "h"), Condition(Needs.LEAVES_ALONE, "c", "h")),
        direction=_RL,
    ),
)

_AROUND: Final = Product(((_i, _Ai), (_L, Sum(((_k, _Ck),))), (_j, _Bj)))
_PUT_BACK: Final = t.Case(
    (
        (
            _k,
            t.Fork(
                (
                    (_i, t.Project(_i)),
                    (_L, _then(t.Project(_L), t.Inject(_V, _k))),
                    (_j, t.Project(_j)),
                )
            ),
        ),
    )
)
_SPREAD: Final = Sum(((_k, Product(((_i, _Ai), (_L, _Ck), (_j, _Bj)))),))

_DISTRIBUTIVE: Final = (
    Law(
        "distributive",
        "distributing an injection",
        _then(
            t.Fork(((_i, hole("x", _i)), (_L, _then(_x, t.Inject(_V, _M))), (_j, hole("y", _j)))),
            t.Distribute(_L),
            t.Case(((_k, _fk), (_M, _g), (_m, _hm))),
        ),
        _then(t.Fork(((_i, hole("x", _i)), (_L, _x), (_j, hole("y", _j)))), _g),
        _A,
        _D,
        "Cockett",
        (
            Arrow("x", _A, _Ai, _i),
            Arrow("x", _A, _C),
            Arrow("y", _A, _Bj, _j),
            Arrow("f", Product(((_i, _Ai), (_L, _Ck), (_j, _Bj))), _D, _k),
            Arrow("g", Product(((_i, _Ai), (_L, _C), (_j, _Bj))), _D),
            Arrow("h", Product(((_i, _Ai), (_L, _Cm), (_j, _Bj))), _D, _m),
        ),
        (("V", Sum(((_k, _Ck), (_M, _C), (_m, _Cm)))),),
        direction=_LR,
    ),
    Law(
        "distributive",
        "distributing and putting back",
        _then(t.Distribute(_L), _PUT_BACK),
        t.Identity(),
        _AROUND,
        _AROUND,
        "Cockett",
        data=(("V", Sum(((_k, _Ck),))),),
        direction=_LR,
    ),
    Law(
        "distributive",
        "putting back and distributing",
        _then(_PUT_BACK, t.Distribute(_L)),
        t.Identity(),
        _SPREAD,
        _SPREAD,
        "Cockett",
        data=(("V", Sum(((_k, _Ck),))),),
        direction=_LR,
    ),
    Law(
        "distributive",
        "what is around stays",
        _then(t.Distribute(_L), t.Case(((_k, t.Project(_M)),))),
        t.Project(_M),
        Product(((_i, _Ai), (_L, Sum(((_k, _Ck),))), (_j, _Bj), (_M, _B), (_m, _Cm))),
        _B,
        "Cockett",
        direction=_LR,
    ),
)

_EXPONENTIAL: Final = (
    Law(
        "exponential",
        "applying a body",
        _then(_pair(_then(_x, t.Curry(_T, _f)), _y), t.Apply()),
        _then(_pair(_x, _y), _f),
        _A,
        _D,
        "Elliott",
        (Arrow("x", _A, _B), Arrow("y", _A, _C), Arrow("f", _pair_of(_B, _C), _D, closed=True)),
        (("T", _C),),
        direction=_LR,
    ),
    Law(
        "exponential",
        "currying an application",
        _then(_pair(t.Curry(_T, _then(_pair(_then(_FIRST, _x, t.Curry(_T, _f)), _SECOND), t.Apply())), _y), t.Apply()),
        _then(_pair(_then(_x, t.Curry(_T, _f)), _y), t.Apply()),
        _A,
        _D,
        "Elliott",
        (Arrow("y", _A, _C), Arrow("x", _A, _B, closed=True), Arrow("f", _pair_of(_B, _C), _D, closed=True)),
        (("T", _C),),
        conditions=(Condition(Needs.PURE, "x"),),
    ),
    Law(
        "exponential",
        "before a function",
        _then(_pair(_then(_x, t.Curry(_T, _f)), _y), t.Apply()),
        _then(_pair(t.Curry(_T, _then(_pair(_then(_FIRST, _x), _SECOND), _f)), _y), t.Apply()),
        _A,
        _D,
        "Elliott",
        (Arrow("y", _A, _C), Arrow("x", _A, _B, closed=True), Arrow("f", _pair_of(_B, _C), _D, closed=True)),
        (("T", _C),),
        conditions=(Condition(Needs.PURE, "x"),),
    ),
)

_STATE: Final = (
    Law(
        "state",
        "reading what was written",
        _then(t.Put(_P), t.Get(_P)),
        _then(_pair(t.Put(_P), t.Identity()), _SECOND),
        _A,
        _A,
        "Plotkin",
        data=(("P", _A),),
    ),
    Law(
        "state",
        "writing what was read",
        _then(t.Get(_P), t.Put(_P)),
        _UNIT,
        _B,
        UNIT,
        "Plotkin",
        data=(("P", _A),),
        direction=_LR,
    ),
    Law(
        "state",
        "writing twice",
        _then(_pair(_then(_f, t.Put(_P)), _then(_g, t.Put(_P))), _SECOND),
        _then(_pair(_f, _then(_g, t.Put(_P))), _SECOND),
        _B,
        UNIT,
        "Plotkin",
        (Arrow("f", _B, _A), Arrow("g", _B, _A)),
        (("P", _A),),
        (Condition(Needs.COMMUTING, "P", "g"),),
        _LR,
    ),
    Law(
        "state",
        "reading twice",
        _pair(t.Get(_P), t.Get(_P)),
        _then(t.Get(_P), _pair(t.Identity(), t.Identity())),
        _B,
        _pair_of(_A, _A),
        "Plotkin",
        data=(("P", _A),),
    ),
    Law(
        "state",
        "writing here and reading there",
        _then(t.Put(_P), t.Get(_Q)),
        _then(_pair(t.Get(_Q), t.Put(_P)), _FIRST),
        _A,
        _B,
        "Plotkin",
        data=(("P", _A), ("Q", _B)),
        conditions=(Condition(Needs.APART, "P", "Q"),),
    ),
    Law(
        "state",
        "writing here and there",
        _then(_pair(_then(_FIRST, t.Put(_P)), _then(_SECOND, t.Put(_Q))), _UNIT),
        _then(_pair(_then(_SECOND, t.Put(_Q)), _then(_FIRST, t.Put(_P))), _UNIT),
        _pair_of(_A, _B),
        UNIT,
        "Plotkin",
        data=(("P", _A), ("Q", _B)),
        conditions=(Condition(Needs.APART, "P", "Q"),),
    ),
)

LAWS: Final = (*_CATEGORY, *_PRODUCT, *_COPRODUCT, *_DISTRIBUTIVE, *_EXPONENTIAL, *_STATE)
"""Every law, in the order in which the constructors stand in `terms`. Places in them have no keys."""
