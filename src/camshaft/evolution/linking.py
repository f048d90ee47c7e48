"""Several migrations as one: a program that runs each on what the one before it gave.

The code of each becomes a function of the whole, instruction for instruction; only what its operands index is looked up
anew. So what a step does, costs and says where it fails is what it was by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from camshaft.bytecode.instructions import INSTRUCTIONS, Op, Operand
from camshaft.bytecode.line_map import FILE_NOTE, HOMES_NOTE, LINES_NOTE
from camshaft.bytecode.pools import Pool, new_pools
from camshaft.bytecode.program import (
    Code,
    Function,
    Method,
    MethodKind,
    Parameter,
    Pools,
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
    linker = _Linker()
    for step in steps:
        linker.add(step)
    program = linker.program()
    verify(program)
    return program


class _Linker:
    """The functions, pools and notes of the whole, as steps are added."""

    def __init__(self) -> None:
        self._functions: list[Function] = []
        self._steps: list[int] = []
        self._pools: dict[Operand, Pool[Any]] = {**new_pools(), Operand.REFUSAL: Pool()}
        self._lines: dict[str, Any] = {}
        self._homes: dict[str, Any] = {}
        self._initial: Code = ()
        self._refused: set[str] = set()

    def add(self, step: Program) -> None:
        """Add a step, which starts from what the last one gives."""
        (method,) = step.methods
        if self._steps and self._functions[self._steps[-1]].codomain is not method.domain.field(MIGRATION_PARAMETER):
            raise Rejected("the migrations of a chain do not fit together: one gives another state than the next takes")
        if not self._steps:
            self._initial = self._moved(step, step.initial, 0)
        first = len(self._functions)
        number = len(self._steps) + 1
        for function in step.functions:
            name = f"{function.name[:_LONGEST_NAME]}_{number}_{len(self._functions)}"
            code = self._moved(step, function.code, first)
            self._functions.append(Function(name, function.domain, function.codomain, code))
            self._note(step, function_code(function.name), name, function.name)
        code = self._moved(step, method.code, first)
        name = f"step_{number}"
        self._note(step, method_code(method.name), name, str(step.notes.get(_CLASS_NOTE, method.name)))
        self._steps.append(len(self._functions))
        self._functions.append(Function(name, method.domain, method.result, code))
        self._refused.update(method.refusals)

    def program(self) -> Program:
        """The whole."""
        functions = [self._functions[step] for step in self._steps]
        domain = functions[0].domain
        assert isinstance(domain, Record)
        was = self._pools[Operand.SHAPE].index((MIGRATION_PARAMETER,))
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
        items = {kind: tuple(pool.items) for kind, pool in self._pools.items()}
        pools = Pools(
            items[Operand.TYPE],
            items[Operand.LABEL],
            items[Operand.SHAPE],
            items[Operand.CONSTANT],
            items[Operand.PLACE],
            items[Operand.REFUSAL],
        )
        notes = {LINES_NOTE: self._lines, HOMES_NOTE: self._homes}
        return Program("migration", UNIT, self._initial, tuple(self._functions), (migrate,), pools, notes)

    def _note(self, step: Program, code: str, name: str, own: str) -> None:
        """Carry over what a step's notes say of a code: notes are anybody's, and what is malformed stays so."""
        lines, homes = step.notes.get(LINES_NOTE), step.notes.get(HOMES_NOTE)
        if isinstance(lines, dict) and code in lines:
            self._lines[function_code(name)] = lines[code]
        known = homes.get(own) if isinstance(homes, dict) and code == function_code(own) else None
        self._homes[name] = known or [step.notes.get(FILE_NOTE, ""), own]

    def _moved(self, step: Program, code: Code, first: int) -> Code:
        """A step's code among the pools of the whole; its functions begin at an index there."""
        return tuple(self._words(step, code, first))

    def _words(self, step: Program, code: Code, first: int) -> Iterator[int]:
        pools = step.pools
        pooled: dict[Operand, Sequence[Any]] = {
            Operand.TYPE: pools.types,
            Operand.LABEL: pools.labels,
            Operand.SHAPE: pools.shapes,
            Operand.CONSTANT: pools.constants,
            Operand.PLACE: pools.places,
            Operand.REFUSAL: pools.refusals,
        }
        at = 0
        while at < len(code):
            operands = INSTRUCTIONS[code[at]].operands
            yield code[at]
            for kind, operand in zip(operands, code[at + 1 : at + 1 + len(operands)], strict=True):
                if kind in pooled:
                    yield self._pools[kind].index(pooled[kind][operand])
                else:
                    yield first + operand if kind is Operand.FUNCTION else operand
            at += 1 + len(operands)
