"""Ports: variables for building terms, instead of wiring projections by hand.

A `Scope` is the environment at one point of a term: a record at its base, then one pair for each variable bound
since, nested to the left. A port is a variable of it; reading it is the chain of projections that reaches it from
wherever it is read, so that branches and loop bodies see the variables around them.

Source: Bernardy and Spiwack, "Evaluating Linear Functions to Symmetric Monoidal Categories" (2021), where ports wire
linear morphisms; here variables may also be copied and dropped, which a cartesian category allows.
"""

from __future__ import annotations

from dataclasses import dataclass

from camshaft.category.terms import Fork, Identity, Project, Term, compose
from camshaft.values.types import Type


@dataclass(frozen=True, slots=True)
class Port:
    """A variable: where it was bound, and its type. `label` is a field of the base record where `level` is 0."""

    level: int
    label: str
    type: Type


@dataclass(frozen=True, slots=True)
class Scope:
    """An environment that `level` variables were bound in, one around the other."""

    level: int = 0

    def base(self, label: str, type_: Type) -> Port:
        """The port of a field of the base record."""
        return Port(0, label, type_)

    def bind(self, type_: Type) -> tuple[Scope, Port]:
        """The scope with one more variable, and its port: what `let`, a loop's body and a case's branch see."""
        inner = Scope(self.level + 1)
        return inner, Port(inner.level, "1", type_)

    def read(self, port: Port) -> Term:
        """environment -> the variable's value."""
        if port.level > self.level:
            raise ValueError(f"a variable bound at level {port.level} is read outside of its scope, at {self.level}")
        return compose(*[Project("0")] * (self.level - port.level), Project(port.label))


def let(value: Term, body: Term) -> Term:
    """environment -> b: bind the value, which is computed once, around a body built in the inner scope."""
    return compose(Fork((("0", Identity()), ("1", value))), body)
