"""Linking: the code of several programs among the functions and pools of one.

Code is moved instruction for instruction; only what its operands index is looked up anew, so that what a step does and
where it says that it failed is what it was by itself. Two things may be put in another's place: the function that is
called, and how a step is refused (a call of a function that never returns instead).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from camshaft.bytecode.instructions import INSTRUCTIONS, Op, Operand
from camshaft.bytecode.line_map import FILE_NOTE, HOMES_NOTE, LINES_NOTE
from camshaft.bytecode.pools import Pool, new_pools
from camshaft.bytecode.program import Code, Function, Pools, Program, Refusal, function_code, method_code

_LONGEST_NAME: Final = 80
_NO_REFUSALS: Final[Mapping[str, int | str]] = {}


class Linker:
    """The functions, pools and notes of the whole, as code is added."""

    def __init__(self) -> None:
        self.functions: list[Function] = []
        self._pools: dict[Operand, Pool[Any]] = {**new_pools(), Operand.REFUSAL: Pool()}
        self.lines: dict[str, Any] = {}
        self._homes: dict[str, Any] = {}

    def add(self, function: Function, code: Code) -> int:
        """Add a function with code that was moved before; its index."""
        name = f"{function.name[:_LONGEST_NAME]}_{len(self.functions)}"
        self.functions.append(Function(name, function.domain, function.codomain, code))
        return len(self.functions) - 1

    def append(self, function: Function) -> int:
        """Add a function under its own name; its index."""
        self.functions.append(function)
        return len(self.functions) - 1

    def index(self, kind: Operand, item: Any) -> int:
        """The index of an entry of a pool."""
        return self._pools[kind].index(item)

    def pools(self) -> Pools:
        """The pools of the whole."""
        items = {kind: tuple(pool.items) for kind, pool in self._pools.items()}
        return Pools(
            items[Operand.TYPE],
            items[Operand.LABEL],
            items[Operand.SHAPE],
            items[Operand.CONSTANT],
            items[Operand.PLACE],
            items[Operand.REFUSAL],
        )

    def notes(self) -> dict[str, Any]:
        """The notes of the whole: which lines its code comes from."""
        return {LINES_NOTE: self.lines, HOMES_NOTE: self._homes}

    def note(self, program: Program, code: str, name: str, own: str) -> None:
        """Carry over what a program's notes say of a code of it, which is the function `name` of the whole.

        `own` is the author's name for it. Notes are anybody's, and what is malformed stays so.
        """
        lines, homes = program.notes.get(LINES_NOTE), program.notes.get(HOMES_NOTE)
        if isinstance(lines, dict) and code in lines:
            self.lines[function_code(name)] = lines[code]
        known = homes.get(own) if isinstance(homes, dict) and code == function_code(own) else None
        self._homes[name] = known or [program.notes.get(FILE_NOTE, ""), own]

    def note_method(self, program: Program, name: str) -> None:
        """Carry over the lines of a method that is one of the whole under the same name, in the same file."""
        lines = program.notes.get(LINES_NOTE)
        if isinstance(lines, dict) and method_code(name) in lines:
            self.lines[method_code(name)] = lines[method_code(name)]

    def moved(
        self,
        program: Program,
        code: Code,
        function: Callable[[int], int],
        refusals: Mapping[str, int | str] = _NO_REFUSALS,
    ) -> Code:
        """A program's code among the pools of the whole.

        `function` gives the index that a function of the program has in the whole. `refusals`: what a refusal becomes,
        by its name: the function that is called with its payload instead, or another name. Others stay what they are.
        """
        return tuple(self._words(program, code, function, refusals))

    def _words(
        self, program: Program, code: Code, function: Callable[[int], int], refusals: Mapping[str, int | str]
    ) -> Iterator[int]:
        pools = program.pools
        pooled: dict[Operand, Sequence[Any]] = {
            Operand.TYPE: pools.types,
            Operand.LABEL: pools.labels,
            Operand.SHAPE: pools.shapes,
            Operand.CONSTANT: pools.constants,
            Operand.PLACE: pools.places,
        }
        for opcode, operands in instructions(code):
            if opcode == Op.REFUSE:
                refusal = pools.refusals[operands[0]]
                becomes = refusals.get(refusal.name, refusal.name)
                if isinstance(becomes, int):
                    yield from (Op.CALL, becomes)
                else:
                    yield from (opcode, self._pools[Operand.REFUSAL].index(Refusal(becomes, refusal.payload)))
                continue
            yield opcode
            for kind, operand in zip(INSTRUCTIONS[opcode].operands, operands, strict=True):
                if kind in pooled:
                    yield self._pools[kind].index(pooled[kind][operand])
                else:
                    yield function(operand) if kind is Operand.FUNCTION else operand


def instructions(code: Code) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The instructions of verified code: each opcode with its operands."""
    at = 0
    while at < len(code):
        end = at + 1 + len(INSTRUCTIONS[code[at]].operands)
        yield code[at], code[at + 1 : end]
        at = end


def called(code: Code) -> Iterator[int]:
    """The functions that verified code calls, by their indexes."""
    return (operands[0] for opcode, operands in instructions(code) if opcode == Op.CALL)
