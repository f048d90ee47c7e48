"""The migration that nobody has to write, and the way back from it.

Fields of the same name carry over at the same or a wider type, through records, variants, lists, maps and sets; new
ones take their declared defaults. Everything else is for a person to decide, and is an error that names each place with
every reading and the text to write. Guessing would lose data silently.

What is derived is a term like any other, and travels as bytecode like one that was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from camshaft.bytecode.program import Parameter, Program
from camshaft.bytecode.upgrade import MIGRATION_METHOD, MIGRATION_PARAMETER
from camshaft.category.assembler import MethodSource, ProgramSource, assemble
from camshaft.category.terms import Constant, Project, Term, compose
from camshaft.errors import CamshaftError
from camshaft.evolution.carry import Carry, ends, inverse, is_identity
from camshaft.evolution.carry_terms import term_of
from camshaft.evolution.derivation import Derivation
from camshaft.evolution.problems import Problem
from camshaft.evolution.python_text import Names, migration_text
from camshaft.evolution.stub import stub_of
from camshaft.evolution.versions import short
from camshaft.language.compile import CompiledMachine, compile_machine, compile_source
from camshaft.language.stubs import is_stub
from camshaft.values.types import UNIT, Type

MIGRATION_NAME = "migration"
"""The name of a migration as a program."""


class MigrationNeeded(CamshaftError):
    """The state changed in a way for which no migration can be derived; the text says which and what to write."""

    def __init__(self, text: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(text)
        self.problems = problems


@dataclass(frozen=True)
class Ends:
    """The two versions that a migration leads from and to. `known`: the old one's class, where it is at hand."""

    old: Program
    new: CompiledMachine
    known: CompiledMachine | None = None

    @cached_property
    def old_class(self) -> CompiledMachine:
        """The old version as Python: its class, or else a stub's."""
        if self.known is not None:
            return self.known
        (cls,) = compile_source(stub_of(self.old), name=f"{self.old.name.replace('-', '_')}_old")
        return compile_machine(cls)

    def written(self, carry: Carry) -> list[str]:
        """A carry of their states as lines of Python, with the import that they need."""
        old = self.old_class
        module = old.cls.__module__
        names = Names.in_file_of(self.new.cls, module)
        lines = migration_text(carry, old.state_type_py, self.new.state_type_py, names)
        if is_stub(old.cls):
            how = f"  # camshaft stub {self.old.name} > {module}.py"
        else:
            how = "" if self.known is not None else f"  # the file of {short(old.version)}"
        imported = [f"import {module}{how}"] if module != self.new.cls.__module__ else []
        imported += [] if names.has_migration else ["from camshaft import migration"]
        return [*imported, *([""] if imported else []), *lines]


@dataclass(frozen=True)
class Derived:
    """A derived migration, as data; `migration` is its program, None where every state stays as it is."""

    ends: Ends
    carry: Carry

    @cached_property
    def migration(self) -> Program | None:
        """The program; None where every state stays as it is."""
        return None if is_identity(self.carry) else migration_of(self.carry)

    @cached_property
    def way_back(self) -> Carry | None:
        """What leads back to the very states that there were; None where something is lost on the way there."""
        return inverse(self.carry)

    @cached_property
    def downgrade(self) -> Program | None:
        """The program of the way back, None where there is none or nothing to do."""
        return None if self.way_back is None or is_identity(self.way_back) else migration_of(self.way_back)

    def python(self) -> list[str]:
        """The migration as lines of Python."""
        return self.ends.written(self.carry)


def derive(between: Ends) -> Derived:
    """The migration from the state of one version to that of another.

    Raises:
        MigrationNeeded: something is dropped, renamed, or changed, and nobody has said what becomes of it.
    """
    derivation = Derivation()
    carry = derivation.carry(between.old.state, between.new.state_type_py)
    if derivation.problems:
        raise MigrationNeeded(_explanation(between, carry, derivation.problems), tuple(derivation.problems))
    return Derived(between, carry)


def migration_of(carry: Carry) -> Program:
    """The migration that a carry of states is."""
    old, new = ends(carry)
    return assemble(migration_source(old, new, compose(Project(MIGRATION_PARAMETER), term_of(carry))))


def migration_source(old: Type, new: Type, body: Term) -> ProgramSource:
    """The source of a migration whose body maps `{was: old}` to the new state."""
    parameters = (Parameter(MIGRATION_PARAMETER, old),)
    migrate = MethodSource(name=MIGRATION_METHOD, parameters=parameters, result=new, body=body)
    return ProgramSource(name=MIGRATION_NAME, state=UNIT, initial=Constant(UNIT, ()), methods=(migrate,))


def _explanation(between: Ends, carry: Carry, problems: list[Problem]) -> str:
    name = between.new.name
    lines = [f"the state of {name} changed in a way that only you can decide, and no migration is written"]
    for problem in problems:
        lines += problem.lines()
    lines += ["or write the migration in the file of the new version; so far it is", ""]
    lines += [f"    {line}" if line else "" for line in between.written(carry)]
    return "\n".join(lines)
