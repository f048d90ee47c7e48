"""The migration that nobody has to write: fields of the same name and type carry over, new ones take their defaults.

Everything else is for a person to decide, and is an error that names the fields and gives the text to write. A field
that disappeared beside one that appeared may be a rename or not: guessing would lose data silently.

What is derived is a term like any other, and travels as bytecode like one that was written.
"""

from __future__ import annotations

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


def derive_migration(
    machine: str, old: Record, new: Record, initial: tuple[Any, ...], old_class: str
) -> Program | None:
    """The migration from one state type to another, or None where they are one type.

    `initial` is the state that a new instance of the new version starts with: where new fields take their defaults
    from. `old_class` is how the new version's source may name the old class, for the error's text.

    Raises:
        MigrationNeeded: a field was dropped, renamed, or changed its type.
    """
    changes = compare_states(old, new)
    if changes.none:
        return None
    if changes.dropped or changes.changed:
        raise MigrationNeeded(_explanation(machine, changes, new, old_class), changes)
    return assemble(migration_source(old, new, _carry_over(old, new, initial)))


def migration_source(old: Record, new: Record, body: Term) -> ProgramSource:
    """The source of a migration whose body maps `{was: old}` to the new state."""
    migrate = MethodSource(
        name=MIGRATION_METHOD, parameters=(Parameter(MIGRATION_PARAMETER, old),), result=new, body=body
    )
    return ProgramSource(name=MIGRATION_NAME, state=UNIT, initial=Constant(UNIT, ()), methods=(migrate,))


def _carry_over(old: Record, new: Record, initial: tuple[Any, ...]) -> Term:
    return Fork(
        tuple(
            (
                label,
                compose(Project(MIGRATION_PARAMETER), Project(label))
                if label in old.positions
                else Constant(type_, default),
            )
            for (label, type_), default in zip(new.fields, initial, strict=True)
        )
    )


def _explanation(machine: str, changes: StateChanges, new: Record, old_class: str) -> str:
    lines = [f"the state of {machine} changed in a way that only you can decide, and no migration is written"]
    lines += [f"  dropped: `{label}`: {show(type_)}" for label, type_ in changes.dropped]
    lines += [f"  changed: {change}" for change in changes.changed]
    lines += [f"  new:     `{label}`: {show(type_)}" for label, type_ in changes.added]
    for label, type_ in changes.dropped:
        alike = [name for name, added in changes.added if added is type_]
        if alike:
            lines.append(f"  was `{label}` renamed to {' or '.join(f'`{name}`' for name in alike)}?")
    return "\n".join(
        [*lines, "write the migration in the file of the new version:", "", *_draft(changes, new, old_class)]
    )


def _draft(changes: StateChanges, new: Record, old_class: str) -> list[str]:
    module, _, class_name = old_class.rpartition(".")
    kept = set(changes.kept)
    changed = {change.name: change for change in changes.changed}
    lines = [f"    import {module}  # the file of the version that runs", ""] if module else []
    lines += [
        "    @migration",
        f"    def migrate({MIGRATION_PARAMETER}: {old_class}) -> {class_name}:",
        f"        return {class_name}(",
    ]
    for label, _ in new.fields:
        if label in kept:
            lines.append(f"            {label}={MIGRATION_PARAMETER}.{label},")
        elif label in changed:
            change = changed[label]
            lines.append(
                f"            {label}=...,  # from {MIGRATION_PARAMETER}.{label}: {show(change.old)} -> {show(change.new)}"
            )
    # New fields may be left out: they take their defaults.
    lines += [f"            # {label}=...," for label, _ in changes.added]
    lines.append("        )")
    lines += [f"        # {MIGRATION_PARAMETER}.{label} is lost unless you use it" for label, _ in changes.dropped]
    return lines
