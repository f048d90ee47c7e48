"""Several migrations as one: a program that runs each on what the one before it gave.

The code of each becomes a function of the whole, as `bytecode.linking` moves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from camshaft.bytecode.instructions import Op, Operand
from camshaft.bytecode.linking import Linker
from camshaft.bytecode.program import (
    Code,
    Function,
    Method,
    MethodKind,
    Parameter,
    Program,
    function_code,
    method_code,
)
from camshaft.bytecode.upgrade import MIGRATION_METHOD, MIGRATION_PARAMETER
from camshaft.bytecode.verifier import verify
from camshaft.errors import Rejected
from camshaft.values.types import UNIT, Record

_LONGEST_NAME: Final = 80
_CLASS_NOTE: Final = "class"
"""The note of a migration that holds its author's name for it."""


def linked(steps: Sequence[Program]) -> Program:
    """The migration that runs these, the first one first. One is given back as it is.

    Raises:
        Rejected: two steps do not fit together, or no node would take the whole.
    """
    if len(steps) == 1:
        return steps[0]
    chain = _Chain()
    for step in steps:
        chain.add(step)
    program = chain.program()
    verify(program)
    return program


class _Chain:
    """The whole, as steps are added."""

    def __init__(self) -> None:
        self._linker = Linker()
        self._steps: list[int] = []
        self._initial: Code = ()
        self._refused: set[str] = set()

    def add(self, step: Program) -> None:
        """Add a step, which starts from what the last one gives."""
        linker = self._linker
        (method,) = step.methods
        if self._steps and linker.functions[self._steps[-1]].codomain is not method.domain.field(MIGRATION_PARAMETER):
            raise Rejected("the migrations of a chain do not fit together: one gives another state than the next takes")
        if not self._steps:
            self._initial = linker.moved(step, step.initial, lambda index: index)
        first = len(linker.functions)
        number = len(self._steps) + 1
        for function in step.functions:
            name = f"{function.name[:_LONGEST_NAME]}_{number}_{len(linker.functions)}"
            code = linker.moved(step, function.code, lambda index: first + index)
            linker.append(Function(name, function.domain, function.codomain, code))
            linker.note(step, function_code(function.name), name, function.name)
        code = linker.moved(step, method.code, lambda index: first + index)
        name = f"step_{number}"
        linker.note(step, method_code(method.name), name, str(step.notes.get(_CLASS_NOTE, method.name)))
        self._steps.append(linker.append(Function(name, method.domain, method.result, code)))
        self._refused.update(method.refusals)

    def program(self) -> Program:
        """The whole."""
        linker = self._linker
        functions = [linker.functions[step] for step in self._steps]
        domain = functions[0].domain
        assert isinstance(domain, Record)
        was = linker.index(Operand.SHAPE, (MIGRATION_PARAMETER,))
        code: list[int] = []
        for index in self._steps:
            code += (Op.CONS, was, Op.CALL, index) if code else (Op.CALL, index)
        migrate = Method(
            MIGRATION_METHOD,
            MethodKind.QUERY,
            (Parameter(MIGRATION_PARAMETER, domain.fields[0][1]),),
            functions[-1].codomain,
            tuple(sorted(self._refused)),
            tuple(code),
        )
        notes = linker.notes()
        return Program("migration", UNIT, self._initial, tuple(linker.functions), (migrate,), linker.pools(), notes)
