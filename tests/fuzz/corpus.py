"""What mutation starts from: the conformance suite, the examples, the demo's machines, and generated programs.

The programs of the suite have dozens of methods; each is cut into programs of one method, so that a round is short.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

from camshaft.bytecode.program import Program
from camshaft.bytecode.text import assemble_text
from camshaft.bytecode.verifier import Verified, verify
from camshaft.category.assembler import ProgramSource, assemble
from camshaft.language.project import compile_file
from generators.conformance import all_cases
from generators.sharing import sharing
from generators.terms import imperative_programs, programs

ROOT = Path(__file__).parents[2]
AUTHORED = (
    *sorted((ROOT / "examples").glob("*.py")),
    *sorted((ROOT / "src/camshaft/cli/demo_machines").glob("till*.py")),
)
GENERATED = 80


@cache
def corpus() -> tuple[Verified, ...]:
    """Verified programs, the same in every run."""
    whole = [*_suite(), *_authored(), *_generated()]
    return tuple(verify(each) for program in whole for each in _cut(program))


@cache
def sharing_corpus() -> tuple[Verified, ...]:
    """Verified programs of containers in containers, the same in every run."""
    return tuple(verify(program) for program in _generated_by(sharing()))


def _suite() -> Iterator[Program]:
    texts = dict.fromkeys(case.program for case in all_cases() if not {"rejected", "id"} & set(case.directives))
    yield from (assemble_text(text) for text in texts)


def _authored() -> Iterator[Program]:
    for path in AUTHORED:
        compiled = compile_file(path)
        yield from (replace(machine.program, notes={}) for machine in compiled.machines)
        yield from (replace(migration.program, notes={}) for migration in compiled.migrations)


def _generated() -> list[Program]:
    return _generated_by(programs() | imperative_programs())


def _generated_by(sources: SearchStrategy[ProgramSource]) -> list[Program]:
    found: list[Program] = []

    @given(sources)
    # A busy machine is no reason to have another corpus.
    @settings(
        max_examples=GENERATED,
        database=None,
        derandomize=True,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    def collect(source: ProgramSource) -> None:
        found.append(assemble(source))

    collect()
    return found


def _cut(program: Program) -> Iterator[Program]:
    """Programs of one method each, and one of two where there are as many: what a step leaves, another one meets."""
    for at, method in enumerate(program.methods):
        others = program.methods[at + 1 : at + 2] if at % 4 == 0 else ()
        yield replace(program, methods=(method, *others))
    if not program.methods:
        yield program
