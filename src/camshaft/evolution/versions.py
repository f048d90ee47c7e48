"""How people see a version, by the first digits of its program's id; and which programs are one version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from camshaft.bytecode.encoding import program_id
from camshaft.bytecode.program import Program

if TYPE_CHECKING:
    from camshaft.language.programs import CompiledMachine

SHORT_ID_DIGITS: Final = 12


def short(id_: str) -> str:
    """The part of a program's id that people see."""
    return id_[:SHORT_ID_DIGITS]


def is_version(old: CompiledMachine, running: Program) -> bool:
    """Whether a class is of the version that runs: its program, a stub of it, or compiled from the same source."""
    origin = old.program.origin
    return old.version == program_id(running) or (origin != "" and origin == running.origin)
