"""Moments as texts by a format that is written out: `f"{when:%Y-%m-%d}"`, `when.strftime("%H:%M")`.

Only what has one right answer on every platform: numbers. Names of days and months are a matter of the locale's. Years
before 1000 fail, since platforms write them with four digits or with fewer.
"""

from __future__ import annotations

import ast
from typing import Final

from camshaft.category.subterms import anew
from camshaft.category.terms import Constant, If, Primitive, Project, Term, Trap, compose
from camshaft.language.body import Body
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.fitting import applied
from camshaft.language.lowered import Lowered
from camshaft.language.pytypes import PY_STR
from camshaft.values.types import INT, STR

_FIRST_YEAR: Final = 1000

_HELP: Final = "there are %Y %m %d %H %M %S %f %y and %%; what has a name, look up: `MONTHS[when.month - 1]`"

_PARTS: Final = ("year", "month", "day", "hour", "minute", "second", "microsecond")


def _part(name: str, spec: str) -> Term:
    """moment -> one of its parts as a text"""
    number = compose(Primitive("time_parts"), Project(str(_PARTS.index(name))))
    return applied(Primitive("format"), [number, Constant(STR, spec)])


def _year(text: Term) -> Term:
    """moment -> a text of its year, which has four digits"""
    year = compose(Primitive("time_parts"), Project("0"))
    early = applied(Primitive("less"), [year, Constant(INT, _FIRST_YEAR)])
    return If(early, compose(Constant(STR, "platforms write years before 1000 differently"), Trap("ValueError")), text)


_LAST_TWO: Final = applied(
    Primitive("format"),
    [
        compose(
            applied(Primitive("modulo"), [compose(Primitive("time_parts"), Project("0")), Constant(INT, 100)]),
            Primitive("cap"),
        ),
        Constant(STR, "02d"),
    ],
)

_DIRECTIVES: Final[dict[str, Term]] = {
    "Y": _year(_part("year", "d")),
    "m": _part("month", "02d"),
    "d": _part("day", "02d"),
    "H": _part("hour", "02d"),
    "M": _part("minute", "02d"),
    "S": _part("second", "02d"),
    "f": _part("microsecond", "06d"),
    "y": _LAST_TWO,
    "%": Constant(STR, "%"),
}
"""By the letter behind `%`: moment -> text."""


def formatted_time(body: Body, moment: Lowered, written: str, node: ast.AST) -> Lowered:
    """A moment as a text, as a format says. Raises Problem."""

    def made(value: Lowered) -> Lowered:
        terms = [compose(value.at(body.level), anew(part)) for part in _texts(body, written, node)]
        text = terms[0]
        for term in terms[1:]:
            text = applied(Primitive("concat"), [text, term])
        body.mark(text, node)
        return Lowered(PY_STR, text, body.level, calm="%Y" not in written, stable=value.stable, writes=moment.writes)

    return body.bound(moment, made)


def _texts(body: Body, written: str, node: ast.AST) -> list[Term]:
    """moment -> each piece of its text. Raises Problem."""
    pieces: list[Term] = []
    plain, rest = "", written
    while rest:
        before, percent, rest = rest.partition("%")
        plain += before
        if not percent:
            break
        found = _DIRECTIVES.get(rest[:1])
        if found is None or "\0" in written:
            raise _unknown(body, rest[:1], node)
        if plain:
            pieces.append(Constant(STR, plain))
        pieces.append(found)
        plain, rest = "", rest[1:]
    return [*pieces, Constant(STR, plain)] if plain or not pieces else pieces


def _unknown(body: Body, letter: str, node: ast.AST) -> Problem:
    return body.problem(
        Code.UNSUPPORTED, f"`%{letter}` of a `datetime` differs between platforms, or means nothing", node, _HELP
    )
