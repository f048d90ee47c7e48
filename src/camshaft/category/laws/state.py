"""The laws of state: what reading and writing at places have to do with each other. Places have no keys here."""

from __future__ import annotations

from typing import Final

from camshaft.category import terms as t
from camshaft.category.laws.law import (
    FIRST,
    LR,
    SECOND,
    TO_UNIT,
    A,
    Arrow,
    B,
    Condition,
    Law,
    Needs,
    P,
    Q,
    f,
    g,
    pair,
    pair_of,
    then,
)
from camshaft.values.types import UNIT

STATE: Final = (
    Law(
        "state",
        "reading what was written",
        then(t.Put(P), t.Get(P)),
        then(pair(t.Put(P), t.Identity()), SECOND),
        A,
        A,
        "Plotkin",
        data=(("P", A),),
    ),
    Law(
        "state",
        "writing what was read",
        then(t.Get(P), t.Put(P)),
        TO_UNIT,
        B,
        UNIT,
        "Plotkin",
        data=(("P", A),),
        direction=LR,
    ),
    Law(
        "state",
        "writing twice",
        then(pair(then(f, t.Put(P)), then(g, t.Put(P))), SECOND),
        then(pair(f, then(g, t.Put(P))), SECOND),
        B,
        UNIT,
        "Plotkin",
        (Arrow("f", B, A), Arrow("g", B, A)),
        (("P", A),),
        (Condition(Needs.COMMUTING, "P", "g"),),
        LR,
    ),
    Law(
        "state",
        "reading twice",
        pair(t.Get(P), t.Get(P)),
        then(t.Get(P), pair(t.Identity(), t.Identity())),
        B,
        pair_of(A, A),
        "Plotkin",
        data=(("P", A),),
    ),
    Law(
        "state",
        "writing here and reading there",
        then(t.Put(P), t.Get(Q)),
        then(pair(t.Get(Q), t.Put(P)), FIRST),
        A,
        B,
        "Plotkin",
        data=(("P", A), ("Q", B)),
        conditions=(Condition(Needs.APART, "P", "Q"),),
    ),
    Law(
        "state",
        "writing here and there",
        then(pair(then(FIRST, t.Put(P)), then(SECOND, t.Put(Q))), TO_UNIT),
        then(pair(then(SECOND, t.Put(Q)), then(FIRST, t.Put(P))), TO_UNIT),
        pair_of(A, B),
        UNIT,
        "Plotkin",
        data=(("P", A), ("Q", B)),
        conditions=(Condition(Needs.APART, "P", "Q"),),
    ),
)
