"""Whether an expression may be evaluated twice where its author wrote it once.

What finds the elements of a list is evaluated beside the list itself: that is the same only where what they are made of
changes nothing and draws nothing. A draw is no write, so it is looked for in terms.
"""

from __future__ import annotations

from typing import Final

from camshaft.category.subterms import parts
from camshaft.category.terms import Ask, Call, Term
from camshaft.language.body import Body
from camshaft.language.lowered import Lowered
from camshaft.language.unit import Unit

_NO_DRAWS: Final = frozenset({"now", "key"})
"""What a step may ask that has one answer throughout."""


def may_repeat(body: Body, value: Lowered) -> bool:
    """Whether evaluating a value once more changes nothing and gives the same."""
    return value.stable or not (value.writes or draws(body.unit, value.term))


def draws(unit: Unit, term: Term) -> bool:
    """Whether a term draws, itself or in what it calls."""
    waiting = [term]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Ask) and one.question not in _NO_DRAWS:
            return True
        if isinstance(one, Call) and one.function in unit.program.drawing:
            return True
        waiting += parts(one)
    return False


def note_draws(unit: Unit, key: str, term: Term) -> None:
    """Remember of a function that was lowered, after those that it calls, whether it draws."""
    if draws(unit, term):
        unit.program.drawing.add(key)
