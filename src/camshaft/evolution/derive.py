"""The migration that nobody has to write: fields of the same name and type carry over, new ones take their defaults.

Everything else is for a person to decide, and is an error that names the fields and gives the text to write. A field
that disappeared beside one that appeared may be a rename or not: guessing would lose data silently.

What is derived is a term like any other, and travels as bytecode like one that was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from camshaft.bytecode.program import Parameter, Program
from camshaft.bytecode.upgrade import MIGRATION_METHOD, MIGRATION_PARAMETER
from camshaft.category.assembler import MethodSource, ProgramSource, assemble
from camshaft.category.terms import Constant, Fork, Project, Term, compose
from camshaft.errors import CamshaftError
from camshaft.evolution.changes import StateChanges, compare_states
from camshaft.values.types import UNIT, Record, show

MIGRATION_NAME = "migration"
"""The name of a migration as a program."""


class MigrationNeeded(CamshaftError):
    """The state changed in a way for which no migration can be derived; the text says which and what to write."""

    def __init__(self, text: str, changes: StateChanges) -> None:
        super().__init__(text)
        self.changes = changes


@dataclass(frozen=True, slots=True)
class Names:
    """How people call what a migration is about: the machine, and its two classes as the new version's file would."""

    machine: str
    old_class: str
    new_class: str


def derive_migration(names: Names, old: Record, new: Record, initial: tuple[Any, ...]) -> Program | None:
    """The migration from one state type to another, or None where they are one type.

    `initial` is the state that a new instance of the new version starts with, where new fields take their defaults
    from; `names` are for the error.

    Raises:
        MigrationNeeded: a field was dropped, renamed, or changed its type.
    """
    changes = compare_states(old, new)
    if changes.none:
        return None
    if changes.dropped or changes.changed:
        raise MigrationNeeded(_explanation(names, changes, new), changes)
    return assemble(migration_source(old, new, _carry_over(old, new, initial)))


def migration_source(old: Record, new: Record, body: Term) -> ProgramSource:
    """The source of a migration whose body maps `{was: old}` to the new state."""
    parameters = (Parameter(MIGRATION_PARAMETER, old),)
    migrate = MethodSource(name=MIGRATION_METHOD, parameters=parameters, result=new, body=body)
    return ProgramSource(name=MIGRATION_NAME, state=UNIT, initial=Constant(UNIT, ()), methods=(migrate,))


def _carry_over(old: Record, new: Record, initial: tuple[Any, ...]) -> Term:
    was = Project(MIGRATION_PARAMETER)
    return Fork(
        tuple(
            (label, compose(was, Project(label)) if label in old.positions else Constant(type_, default))
            for (label, type_), default in zip(new.fields, initial, strict=True)
        )
    )


def _explanation(names: Names, changes: StateChanges, new: Record) -> str:
    lines = [f"the state of {names.machine} changed in a way that only you can decide, and no migration is written"]
    lines += [f"  dropped: `{label}`: {show(type_)}" for label, type_ in changes.dropped]
    lines += [f"  changed: {change}" for change in changes.changed]
    lines += [f"  new:     `{label}`: {show(type_)}" for label, type_ in changes.added]
    for label, type_ in changes.dropped:
        alike = [name for name, added in changes.added if added is type_]
        if alike:
            lines.append(f"  was `{label}` renamed to {' or '.join(f'`{name}`' for name in alike)}?")
    lines += ["write the migration in the file of the new version:", "", *_draft(names, changes, new)]
    return "\n".join(lines)


def _draft(names: Names, changes: StateChanges, new: Record) -> list[str]:
    module = names.old_class.rpartition(".")[0]
    kept = set(changes.kept)
    changed = {change.name: change for change in changes.changed}
    lines = [f"    import {module}  # a file of the version that runs", ""] if module else []
    lines += [
        "    @migration",
        f"    def migrate({MIGRATION_PARAMETER}: {names.old_class}) -> {names.new_class}:",
        f"        return {names.new_class}(",
    ]
    for label, _ in new.fields:
        if label in kept:
            lines.append(f"            {label}={MIGRATION_PARAMETER}.{label},")
        elif label in changed:
            change = changed[label]
            types = f"{show(change.old)} -> {show(change.new)}"
            lines.append(f"            {label}=...,  # from {MIGRATION_PARAMETER}.{label}: {types}")
    # New fields may be left out: they take their defaults.
    lines += [f"            # {label}=...," for label, _ in changes.added]
    lines.append("        )")
    lines += [f"        # {MIGRATION_PARAMETER}.{label} is lost unless you use it" for label, _ in changes.dropped]
    return lines
