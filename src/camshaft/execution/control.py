"""Branches and blocks of verified code, as those of Python; `loops` has the rest.

A block that is left early is a loop that runs once; an exit through loops sets a flag that each of them looks at. Where
paths meet, what they lead to is in a variable.
"""

from __future__ import annotations

from functools import reduce
from typing import Final

from camshaft.bytecode.instructions import Op
from camshaft.bytecode.verified import END_LOCALS
from camshaft.execution.bounds import Bounds
from camshaft.execution.facts import State
from camshaft.execution.ownership import Ownership
from camshaft.execution.statements import BLOCK_HEAD, Body, Branch, Line, Loop
from camshaft.execution.structure import Exit
from camshaft.execution.support import copier
from camshaft.execution.symbolic_machine import Block, Leaving
from camshaft.execution.symbols import (
    NOWHERE,
    UNIT_ATOM,
    Atom,
    Distributed,
    Lazy,
    Pack,
    Symbol,
    Tagged,
    roots,
)
from camshaft.values.check import zero
from camshaft.values.types import INT, NEVER, UNIT, WIDE, List, Map, Record, Type, Variant

_MOVES: Final = frozenset({Op.PUSH, Op.SWAP, Op.POP, Op.CONST})


class ControlFlow(Ownership):
    """The constructs of the instruction table, loops aside."""

    def _range(self, start: int, end: int) -> None:
        """Translate the instructions of a range."""
        raise NotImplementedError

    def _return(self, symbol: Symbol) -> None:
        """End the function."""
        raise NotImplementedError

    def _inside(self, body: Body, start: int, end: int, register: Symbol) -> bool:
        """Translate a range into a body of its own; whether its end is reached."""
        outer, self._out = self._out, body
        stack, slots = list(self._stack), list(self._slots)
        self._register = register
        self._range(start, end)
        alive, self._dead = not self._dead, False
        self._out, self._stack, self._slots = outer, stack, slots
        return alive

    def _join(self, at: int) -> str | None:
        """The variable for what the paths of a construct lead to, where they lead to something."""
        type_ = self._code.registers[at]
        return None if type_ is UNIT or type_ is NEVER else self._name("r")

    def _arms(self, tests: list[str | None], ranges: list[tuple[int, int, Symbol]], end: int) -> None:
        """Translate the arms of a construct, of each the instructions and what they begin with, and join them."""
        result = self._join(end)
        arms: list[tuple[str | None, Body]] = []
        arrived: list[Symbol] = []
        sizes: list[Bounds] = []
        ways: list[State] = []
        known = self._facts.state()
        for number, (test, (first, last, register)) in enumerate(zip(tests, ranges, strict=True)):
            body: Body = []
            self._facts.meet([known])
            if tests[0] is not None:
                self._facts.assume(tests[0], holds=number == 0)
            if self._inside(body, first, last, register):
                outer, self._out = self._out, body
                arrived.append(self._register)
                sizes.append(self._bounds(self._register))
                if result is not None:
                    self._out.append(Line(f"{result} = {self._text(self._register)}"))
                ways.append(self._facts.state())
                self._out = outer
            arms.append((test, body))
        if ways:
            self._facts.meet(ways)
        if len(arms) == 1:
            self._out.extend(arms[0][1])
        else:
            self._out.append(Branch([*arms[:-1], (None, arms[-1][1])]))
        self._joined(end, result, arrived, sizes)

    def _text_into(self, body: Body, symbol: Symbol) -> str:
        outer, self._out = self._out, body
        text = self._text(symbol)
        self._out = outer
        return text

    def _joined(self, at: int, result: str | None, arrived: list[Symbol], sizes: list[Bounds]) -> None:
        """`sizes`: what was known of integers where each way arrived."""
        type_ = self._code.registers[at]
        if not arrived:
            self._dead = True
        elif result is None:
            self._register = UNIT_ATOM
        else:
            held = NOWHERE.union(*map(roots, arrived)) if type_.is_mutable else NOWHERE
            bounds = None
            if type_ is INT or type_ is WIDE:
                bounds = reduce(self._known.joined, sizes)
            self._register = Atom(result, type_, NOWHERE, held, all(map(self._is_unshared, arrived)), bounds)

    def _if(self, at: int, end: int) -> None:
        condition = self._atom(self._register)
        self._register = self._stack.pop()
        self._protect_from(at, end)
        otherwise = self._ends[at][0]
        ranges = [(at + 1, otherwise, self._register), (otherwise + 1, end, self._register)]
        self._arms([condition.text, None], ranges, end)

    def _case(self, at: int, end: int) -> None:
        self._protect_from(at, end)
        scrutinee = self._register
        starts = [arm + 1 for arm in self._ends[at][:-1]]
        stops = [*self._ends[at][1:-1], end]
        inner = scrutinee.record.parts[scrutinee.position] if isinstance(scrutinee, Distributed) else scrutinee

        def rebuilt(payload: Symbol) -> Symbol:
            if not isinstance(scrutinee, Distributed):
                return payload
            parts = list(scrutinee.record.parts)
            parts[scrutinee.position] = payload
            labels = [label for label, _ in scrutinee.record.type.fields]
            return Pack(Record(zip(labels, [part.type for part in parts], strict=True)), tuple(parts))

        if isinstance(inner, Tagged):
            position = inner.type.positions[inner.label]
            self._register = rebuilt(inner.payload)
            self._range(starts[position], stops[position])
            return
        tests, payloads = self._tests(inner)
        ranges = [(at, to, rebuilt(payload)) for at, to, payload in zip(starts, stops, payloads, strict=True)]
        self._arms([*tests], ranges, end)

    def _tests(self, inner: Symbol) -> tuple[list[str], list[Symbol]]:
        """For each case of a variant the condition that it is the one, and its payload."""
        variant = inner.type
        assert isinstance(variant, Variant)
        if isinstance(inner, Lazy):
            entries, key = inner.operands
            value = self._assign(
                f"{entries.text}.get({key.text}, GONE)", dict(variant.cases)["found"], held=roots(entries)
            )
            return [f"{value.text} is not GONE", f"{value.text} is GONE"], [value, UNIT_ATOM]
        chosen = self._atom(inner)
        tests = [f"{chosen.text}[0] == {self._constants.label(label)}" for label, _ in variant.cases]
        payloads: list[Symbol] = [
            UNIT_ATOM
            if child is UNIT
            else Atom(
                f"{chosen.text}[1]", child, chosen.mentions, chosen.roots if child.is_mutable else NOWHERE, chosen.fresh
            )
            for _, child in variant.cases
        ]
        return tests, payloads

    def _block(self, at: int, end: int) -> None:
        leaving = self._leaving(at, end)
        if leaving is Leaving.RETURN:
            self._blocks.append(Block(leaving, 0))
            self._range(at + 1, end)
            self._blocks.pop()
            return
        self._protect_from(at, end)
        type_ = self._code.registers[end]
        block = Block(leaving, self._loops, self._name("r"), self._name("x"))
        self._blocks.append(block)
        known = self._facts.state()
        body: Body = []
        self._loops += leaving is Leaving.WRAPPED
        if self._inside(body, at + 1, end, self._register) and leaving is Leaving.WRAPPED:
            self._at = end
            self._leave_with(body, block)
        self._loops -= leaving is Leaving.WRAPPED
        self._blocks.pop()
        self._facts.meet([known])
        self._facts.forget(self._written(at, end)[0])
        if block.flagged:
            self._out.append(Line(f"{block.flag} = False"))
        if leaving is Leaving.WRAPPED:
            self._out.append(Loop(BLOCK_HEAD, body))
            self._after_loop()
        else:
            self._out.extend(body)
        if type_ is NEVER:
            self._dead = True
        else:
            self._register = UNIT_ATOM if type_ is UNIT else Atom(block.result, type_, fresh=True)

    def _leaving(self, at: int, end: int) -> Leaving:
        """How the code of a block that gives nothing can be left without a loop of its own, if so."""
        after = self._past_moves(end + 1)
        if not self._loops and all(step[0] == END_LOCALS for step in self._code.steps[end + 1 :]):
            return Leaving.RETURN
        if self._code.registers[end] is not UNIT:
            return Leaving.WRAPPED
        if self._opener_at(after) in (Op.EACH, Op.WHILE):
            return Leaving.CONTINUE
        loops = self._exit_loops.get(at, set())
        if not loops:
            return Leaving.BREAK
        loop, *others = loops
        if others or loop is None or self._code.opcodes[loop] == Op.MAP:
            return Leaving.WRAPPED
        return Leaving.BREAK if self._past_moves(self._ends[loop][-1] + 1) == end else Leaving.WRAPPED

    def _past_moves(self, at: int) -> int:
        """The first position from there on that does more than to move values whose only use is to be dropped."""
        opcodes = self._code.opcodes
        while at < len(opcodes) and (opcodes[at] in _MOVES or self._opener_at(at) == Op.LOCALS):
            at += 1
        return at

    def _opener_at(self, end: int) -> int | None:
        """The opcode of what an END closes."""
        opener = self._openers.get(end)
        return None if opener is None else self._code.opcodes[opener]

    def _leave_with(self, body: Body, block: Block) -> None:
        outer, self._out = self._out, body
        if self._register.type is not UNIT:
            self._out.append(Line(f"{block.result} = {self._owned(self._register)}"))
        self._out.append(Line("break"))
        self._out = outer

    def _exit(self, exit_: Exit) -> None:
        block = self._blocks[-1 - exit_.depth]
        # What runs next is what stands behind the block, not what stands behind this instruction.
        self._at = self._ends[exit_.block][-1]
        self._dead = True
        if block.leaving is Leaving.RETURN:
            self._return(self._register)
        elif self._loops - (block.leaving is not Leaving.CONTINUE) == block.loops:
            if block.leaving is Leaving.CONTINUE:
                self._out.append(Line("continue"))
            else:
                self._leave_with(self._out, block)
        else:
            block.flagged = True
            if self._register.type is not UNIT:
                self._out.append(Line(f"{block.result} = {self._owned(self._register)}"))
            self._out.append(Line(f"{block.flag} = True"))
            self._out.append(Line("break"))

    def _after_loop(self) -> None:
        """Behind a Python loop: leave the next one too, where an exit is on its way to a block further out."""
        for block in self._blocks:
            if block.flagged and self._loops > block.loops:
                self._out.append(Line(f"if {block.flag}: break"))
            elif block.flagged and self._loops == block.loops and block.leaving is Leaving.CONTINUE:
                self._out.append(Line(f"if {block.flag}: continue"))

    def _locals(self, at: int, end: int) -> None:
        slots = len(self._slots)
        for type_ in self._code.steps[at][1].types:
            name = self._name("v")
            self._out.append(Line(f"{name} = {self._zero(type_)}"))
            if type_ is INT:
                self._facts.learn(name, Bounds(0, 0))
            self._slots.append((name, type_, (at, len(self._slots) - slots)))
        self._range(at + 1, end)
        del self._slots[slots:]

    def _zero(self, type_: Type) -> str:
        if isinstance(type_, List):
            return "[]"
        if isinstance(type_, Map):
            return "{}"
        value = zero(type_)
        if type_.is_mutable:
            return f"{self._constants.name(copier(type_), ('copier', type_))}({self._constants.name(value)})"
        return repr(value) if value in (0, False) else self._constants.name(value)
