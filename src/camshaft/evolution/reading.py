"""Which parts of its input a term reads: what a written migration never looks at is lost.

Demand flows backwards: what is wanted of a term's result tells what it wants of its input. Where this cannot tell, it
takes everything as read, so that what is said to be lost is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from camshaft.bytecode.primitives import PRIMITIVES
from camshaft.bytecode.upgrade import MIGRATION_METHOD, MIGRATION_PARAMETER
from camshaft.category import terms as t
from camshaft.category.assembler import ProgramSource
from camshaft.category.terms import Term
from camshaft.evolution.carry import ELEMENT, KEY, extended
from camshaft.values.types import List, Map, Record, Set, Type, Variant, is_tuple


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything in a value."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Some parts of a value, by label; `[]` is each element of a list and each entry, as a pair, of a map."""

    of: tuple[tuple[str, Demand], ...] = ()


Demand: TypeAlias = Whole | Parts
LENGTH: Final = "length"
"""How many elements there are, as a part."""
WHOLE: Final = Whole()
NOTHING: Final = Parts()


def unread(source: ProgramSource) -> list[str]:
    """The paths in the old state of what a migration never reads."""
    (method,) = [one for one in source.methods if one.name == MIGRATION_METHOD]
    functions = {one.name: one.body for one in source.functions}
    wanted = _part(_Reader(functions).demand(method.body, WHOLE), MIGRATION_PARAMETER)
    return _missing(method.parameters[0].type, wanted, "")


def _missing(type_: Type, wanted: Demand, path: str) -> list[str]:
    if isinstance(wanted, Whole):
        return []
    if not wanted.of and path:
        return [path]
    match type_:
        case Record() if not is_tuple(type_):
            return [
                found
                for label, child in type_.fields
                for found in _missing(child, _part(wanted, label), extended(path, label))
            ]
        case List():
            return _missing(type_.element, _part(wanted, ELEMENT), path + ELEMENT)
        case Map() if not isinstance(type_, Set):
            entry = _part(wanted, ELEMENT)
            keys = _missing(type_.key, _part(entry, "0"), path + KEY)
            return [*keys, *_missing(type_.value, _part(entry, "1"), path + ELEMENT)]
        case Variant():
            # To see which case it is, is to read it: only what is in a case can be left.
            return [
                found
                for label, child in type_.cases
                if isinstance(child, Record) and child.fields
                for found in _missing(child, _part(wanted, label), f"{path}({label})")
            ]
        case _:
            return []


def _part(demand: Demand, label: str) -> Demand:
    return WHOLE if isinstance(demand, Whole) else dict(demand.of).get(label, NOTHING)


def _only(label: str, demand: Demand) -> Demand:
    return Parts(((label, demand),))


def _both(left: Demand, right: Demand) -> Demand:
    if isinstance(left, Whole) or isinstance(right, Whole):
        return WHOLE
    labels = dict.fromkeys([label for label, _ in (*left.of, *right.of)])
    return Parts(tuple((label, _both(_part(left, label), _part(right, label))) for label in labels))


class _Reader:
    """Demands of terms; `functions` are the bodies of those that they call."""

    def __init__(self, functions: Mapping[str, Term]) -> None:
        self._functions = functions

    def demand(self, term: Term, wanted: Demand) -> Demand:  # noqa: C901 - one rule for each constructor
        """What a term wants of its input, where this is wanted of its result."""
        match term:
            case t.Identity():
                return wanted
            case t.Compose(parts):
                for part in reversed(parts):
                    wanted = self.demand(part, wanted)
                return wanted
            case t.Fork(parts):
                return self._all([(part, _part(wanted, label)) for label, part in parts])
            case t.Project(label):
                return _only(label, wanted)
            case t.Inject(_, label):
                return _part(wanted, label)
            case t.Case(branches):
                return Parts(tuple((label, self.demand(branch, wanted)) for label, branch in branches))
            case t.Distribute(label):
                return self._distributed(label, wanted)
            case t.If(condition, then, otherwise):
                return self._all([(condition, WHOLE), (then, wanted), (otherwise, wanted)])
            case t.Constant():
                return NOTHING
            case t.Call(function):
                return self.demand(self._functions[function], wanted)
            case t.Primitive("length"):
                return _only(LENGTH, WHOLE)
            case t.Primitive(name) if PRIMITIVES[name].arity == 0:
                return NOTHING
            case t.Get(place) | t.Delete(place) if None not in place.steps:
                return NOTHING  # it takes no key, and ignores what it is given
            case t.Primitive("items"):
                return _only(ELEMENT, _part(wanted, ELEMENT))
            case t.Primitive("values"):
                return _only(ELEMENT, _only("1", _part(wanted, ELEMENT)))
            case t.Primitive("keys"):
                return _only(ELEMENT, _only("0", _part(wanted, ELEMENT)))
            case t.Locals(_, body) | t.Block(_, body):
                return self.demand(body, wanted)
            case t.Each(body):
                return self._loop(body, NOTHING)
            case t.MapEach(body):
                # Of a map's entries, the keys go on as they are, whatever the body makes of the values.
                kept = _part(_part(wanted, ELEMENT), "0") if isinstance(wanted, Parts) else WHOLE
                return _both(self._loop(body, WHOLE), _only("1", _only(ELEMENT, _only("0", kept))))
            case t.While(condition, body):
                return self._all([(condition, WHOLE), (body, NOTHING)])
            case t.Curry(_, body):
                return _part(self.demand(body, WHOLE), "0")
            case _:
                return WHOLE

    def _all(self, parts: list[tuple[Term, Demand]]) -> Demand:
        found: Demand = NOTHING
        for part, wanted in parts:
            found = _both(found, self.demand(part, wanted))
        return found

    def _loop(self, body: Term, wanted: Demand) -> Demand:
        inner = self.demand(body, wanted)
        return Parts((("0", _part(inner, "0")), ("1", _only(ELEMENT, _part(inner, "1")))))

    def _distributed(self, label: str, wanted: Demand) -> Demand:
        if isinstance(wanted, Whole):
            return WHOLE
        around: Demand = NOTHING
        for _, record in wanted.of:
            others = (
                WHOLE if isinstance(record, Whole) else Parts(tuple(part for part in record.of if part[0] != label))
            )
            around = _both(around, others)
        return _both(around, _only(label, Parts(tuple((case, _part(record, label)) for case, record in wanted.of))))
