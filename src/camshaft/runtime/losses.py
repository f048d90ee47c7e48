"""What a rollback would lose, found out without doing it.

By downgrade, fields of the state may be dropped. By replay, an input since the upgrade may have no form under the old
program, may fail there, or may be answered differently than its caller was told: to find those, both versions run
beside each other from the states before the upgrade, on what the journal has. Only a plan does that; the fold never.
"""

from __future__ import annotations

from typing import Final

from camshaft.bytecode.rollback import Example, Field, FieldLosses, InputLosses, Loss
from camshaft.runtime.catalog import Catalog
from camshaft.runtime.entries import Input
from camshaft.runtime.outcomes import Outcome, RefusedBy, Returned, StaleInput, Trapped
from camshaft.runtime.replay import Recorded
from camshaft.runtime.showing import arguments_shown, shown
from camshaft.values.address import Address
from camshaft.values.type_words import show
from camshaft.values.types import Record, Type

_LONGEST: Final = 200
"""Characters of what is shown of an argument or an outcome."""


def field_losses(now: Type, then: Type) -> FieldLosses:
    """What becomes of the fields of a state that goes back to another type."""
    if not isinstance(now, Record) or not isinstance(then, Record):
        whole = Field("the state", show(now), show(then))
        return FieldLosses([], [] if now is then else [whole], [])
    return FieldLosses(
        [Field(label, show(type_)) for label, type_ in now.fields if label not in then.positions],
        [
            Field(label, show(type_), show(becomes))
            for label, type_ in now.fields
            if (becomes := then.field(label)) is not None and becomes is not type_
        ],
        [Field(label, show(type_)) for label, type_ in then.fields if label not in now.positions],
    )


class Comparison:
    """Compares what became of inputs with what becomes of them under the old program."""

    __slots__ = ("_catalog", "losses")

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.losses = InputLosses()

    def add(self, recorded: Recorded, was: Outcome, becomes: Outcome) -> None:
        """Count an input."""
        self.losses.inputs += 1
        kind = self._kind(was, becomes)
        if kind is None:
            return
        kind.count += 1
        if kind.first is None:
            assert isinstance(recorded.entry, Input)
            kind.first = example_of(self._catalog, recorded.entry, recorded.position, was, becomes)

    def _kind(self, was: Outcome, becomes: Outcome) -> Loss | None:
        # The reasons of two stale inputs name versions, and differ always; nothing ran in either.
        if was == becomes or (isinstance(was, StaleInput) and isinstance(becomes, StaleInput)):
            return None
        if isinstance(was, Returned):
            match becomes:
                case StaleInput():
                    return self.losses.unfit
                case RefusedBy():
                    return self.losses.refused
                case Trapped():
                    return self.losses.trapped
        return self.losses.different


def example_of(catalog: Catalog, entry: Input, position: int, was: Outcome, becomes: Outcome) -> Example:
    """An input at a position as an example of a difference, for people."""
    prepared = catalog.programs[entry.interface].methods[entry.method]
    arguments = entry.arguments
    if isinstance(arguments, list):
        arguments = prepared.arguments_of(arguments)
    return Example(
        position,
        str(Address(entry.machine, entry.key)),
        entry.method,
        [_cut(argument) for argument in arguments_shown(prepared.domain.fields, arguments)],
        _cut(shown(was)),
        _cut(shown(becomes)),
    )


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
