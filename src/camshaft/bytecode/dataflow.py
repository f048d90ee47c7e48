"""What is known of the values of verified code before it runs: one pass over it, on values that stand for many.

`growth` and `movement` are such analyses. Each says what its values are (`V`) and what the instructions make of them;
what they share is here: the register, the stack, slots, and paths that meet. A record that is known part by part is a
Python tuple of the values of its parts.

Rule: where a value is not known, a pass says so, and never guesses: `unclear` is right for whatever the code does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from camshaft.bytecode.instructions import Op
from camshaft.bytecode.primitives import PRIMITIVES_BY_OPCODE, PrimitiveOperation
from camshaft.bytecode.verified import LocalSlots, VerifiedCode
from camshaft.values.types import NEVER, UNIT, Record, Type

Value: TypeAlias = Any
"""A value of an analysis, or a tuple of such for a record that is known part by part."""

MOST_WORK: Final = 200_000
"""Steps of one analysis. Code that takes more is taken for code of which nothing is known."""

_LOOPS: Final = frozenset({Op.EACH, Op.MAP})


class NotKnown(Exception):
    """Nothing can be said of this code: it is not of the kind that the analysis was made for, or too long."""


@dataclass(slots=True)
class Open:
    """A construct that the pass is in. `entered` is the register before it, `result` the join of the paths that ended
    so far, None before the first; `condition` is what the choice of a path depends on."""

    op: int
    entered: Value
    environment: Value = None
    items: Value = None
    condition: Value = None
    result: Value = None
    slots: int = 0
    before: Any = None
    arms: list[Type] = field(default_factory=list)


class Dataflow:
    """The pass over one piece of code. A subclass is one analysis."""

    def __init__(self) -> None:
        self._register: Value = None
        self._stack: list[Value] = []
        self._slots: list[tuple[Type, Value]] = []
        self._open: list[Open] = []
        self._code: VerifiedCode | None = None
        self._at = 0
        self._work = 0

    # ---- what an analysis says -----------------------------------------------------------------------------------

    def constant(self, type_: Type, value: Any) -> Value:
        """A value that is known."""
        raise NotImplementedError

    def field(self, record: Value, position: int, type_: Type) -> Value:
        """A part of a record that is no tuple."""
        raise NotImplementedError

    def primitive(self, row: PrimitiveOperation, operands: tuple[Value, ...], sized: bool, type_: Type) -> Value:
        """What an operation gives; `sized`: it is charged by the sizes of its operands when it runs."""
        raise NotImplementedError

    def element(self, frame: Open, items: Type, element: Type) -> Value:
        """An element of the list or an entry of the map that a loop goes over."""
        raise NotImplementedError

    def ended(self, frame: Open, result: Value, cost: int, type_: Type) -> Value:
        """What a loop leaves in the register; `result` is what its body does, None where it never arrives."""
        raise NotImplementedError

    def join(self, left: Value, right: Value, condition: Value) -> Value:
        """A value that is one of two, by a condition."""
        raise NotImplementedError

    def unclear(self, type_: Type, *sources: Value) -> Value:
        """A value that is computed from these and from nothing else."""
        raise NotImplementedError

    def payload(self, variant: Value, type_: Type) -> Value:
        """What a case holds."""
        return self.unclear(type_, variant)

    def call(self, index: int, argument: Value, type_: Type) -> Value:
        """What a function of the program gives."""
        raise NotImplementedError

    # ---- the pass ------------------------------------------------------------------------------------------------

    def spend(self, work: int) -> None:
        """Count steps. Raises `NotKnown` where they are too many."""
        self._work += work
        if self._work > MOST_WORK:
            raise NotKnown

    def follow(self, code: VerifiedCode, register: Value) -> Value:
        """What code leaves in the register. Raises `NotKnown`."""
        outer = self._register, self._stack, self._slots, self._open, self._code, self._at
        self._register, self._stack, self._open, self._code = register, [], [], code
        self._slots = [(UNIT, self.constant(UNIT, ()))]
        for at, opcode in enumerate(code.opcodes):
            self._at = at
            self.spend(1)
            self._follow(opcode, code.steps[at][1], code.registers[at])
        result = self._register
        self._register, self._stack, self._slots, self._open, self._code, self._at = outer
        return result

    def _follow(self, opcode: int, argument: Any, type_: Type) -> None:  # noqa: C901 - one case for each instruction
        row = PRIMITIVES_BY_OPCODE.get(opcode)
        if row is not None:
            operands = self._operands(row.arity)
            self._register = self.primitive(row, operands, isinstance(argument, tuple), type_)
            return
        match opcode:
            case Op.PUSH:
                self._stack.append(self._register)
            case Op.SWAP:
                self._register, self._stack[-1] = self._stack[-1], self._register
            case Op.POP:
                self._register = self._stack.pop()
            case Op.CONS:
                self._register = self._operands(argument)
                self.spend(argument)
            case Op.UNPACK:
                before = self._type_before()
                assert isinstance(before, Record)
                parts = [self._part(self._register, at, child) for at, (_, child) in enumerate(before.fields)]
                self._stack += parts[:-1]
                self._register = parts[-1]
                self.spend(argument)
            case Op.FIELD:
                self._register = self._part(self._register, argument, type_)
            case Op.ACC:
                inner = self._type_before()
                for position in argument:
                    assert isinstance(inner, Record)
                    inner = inner.fields[position][1]
                    self._register = self._part(self._register, position, inner)
            case Op.CONST:
                self._register = self.constant(type_, argument)
            case Op.INJECT | Op.DISTRIBUTE:
                self._register = self.unclear(type_, self._register)
            case Op.GET:
                keys = self._operands(len(argument.keys))
                slot = self._slots[argument.slot][1]
                self._register = self.unclear(type_, slot, *keys) if argument.path else slot
            case Op.PUT:
                value, *put_keys = self._operands(1 + len(argument.keys))
                self._put(argument.slot, not argument.path, value, put_keys)
            case Op.APPEND:
                value, *put_keys = self._operands(1 + len(argument.keys))
                self._put(argument.slot, False, value, put_keys)
            case Op.CALL:
                self._register = self.call(argument, self._register, type_)
            case Op.END:
                self._end(argument, type_)
            case _:
                self._control(opcode, argument, type_)

    def _control(self, opcode: int, argument: Any, type_: Type) -> None:
        match opcode:
            case Op.IF:
                condition, self._register = self._register, self._stack.pop()
                self._begin(Op.IF, condition)
            case Op.ELSE:
                self._end_of_path()
                self._register = self._open[-1].entered
            case Op.CASE:
                self._begin(Op.CASE, self._register)
            case Op.ARM:
                self._end_of_path()
                self._register = self.payload(self._open[-1].entered, type_)
            case Op.BLOCK:
                self._begin(Op.BLOCK, self._register)
            case Op.EXIT:
                pass  # nothing arrives behind it, and what it leads to is unclear at the END of its block
            case Op.EACH | Op.MAP:
                pair = self._type_before()
                assert isinstance(pair, Record)
                assert isinstance(type_, Record)
                environment = self._part(self._register, 0, pair.fields[0][1])
                items = self._part(self._register, 1, pair.fields[1][1])
                frame = self._begin(opcode, None)
                frame.environment, frame.items = environment, items
                self._forget_slots()
                self._register = (environment, self.element(frame, pair.fields[1][1], type_.fields[1][1]))
            case Op.LOCALS:
                assert isinstance(argument, LocalSlots)
                self._begin(Op.LOCALS, None)
                pairs = zip(argument.types, argument.zeros, strict=True)
                self._slots += [(child, self.constant(child, zero)) for child, zero in pairs]
                self.spend(len(argument.types))
            case _:
                # Loops by a condition, functions as values, deletions; refusals and traps, which total code has not.
                raise NotKnown

    def _begin(self, op: int, condition: Value) -> Open:
        frame = Open(op, self._register, condition=condition, slots=len(self._slots))
        self._open.append(frame)
        return frame

    def _end_of_path(self) -> None:
        frame = self._open[-1]
        if frame.op == Op.CASE and frame.result is None and self._opcode_before() == Op.CASE:
            return  # the first arm begins where no path has ended yet
        if self._type_before() is not NEVER:
            before = frame.result
            ended = self._register
            frame.result = ended if before is None else self.join(before, ended, frame.condition)

    def _end(self, argument: Any, type_: Type) -> None:
        frame = self._open[-1]
        if frame.op in (Op.IF, Op.CASE):
            self._end_of_path()
            self._register = self.unclear(type_) if frame.result is None else frame.result
        elif frame.op in _LOOPS:
            arrives = self._type_before() is not NEVER
            assert self._code is not None
            cost = self._code.steps[argument - 1][1][1]
            self._register = self.ended(frame, self._register if arrives else None, cost, type_)
            self._forget_slots()
        elif frame.op == Op.BLOCK:
            self._register = self.unclear(type_, frame.entered, *self._held())
        if frame.op == Op.LOCALS:
            del self._slots[frame.slots :]
        self._open.pop()

    def _put(self, slot: int, whole: bool, value: Value, keys: list[Value]) -> None:
        self._register = self.constant(UNIT, ())
        type_, before = self._slots[slot]
        # What is set within a construct that was opened after its LOCALS may have been set there or not, by what led
        # there: a choice, a round of a loop, an EXIT that was not taken.
        within = [frame for frame in self._open if frame.slots > slot]
        if not whole or within:
            led = [each for frame in within for each in (frame.condition, frame.environment, frame.items)]
            led = [each for each in led if each is not None]
            value = self.unclear(type_, before, value, *keys, *led, *(self._held() if within else ()))
        self._slots[slot] = (type_, value)

    def _forget_slots(self) -> None:
        # A round of a loop begins with what the round before has left.
        frame, held = self._open[-1], self._held()
        self._slots = [(type_, self.unclear(type_, frame.environment, frame.items, *held)) for type_, _ in self._slots]

    def _held(self) -> list[Value]:
        """What the slots hold, for whatever is computed from any of them."""
        self.spend(len(self._slots))
        return [value for _, value in self._slots]

    def _operands(self, count: int) -> tuple[Value, ...]:
        if count == 0:
            return ()
        kept = len(self._stack) - count + 1
        taken = (*self._stack[kept:], self._register)
        del self._stack[kept:]
        return taken

    def _part(self, record: Value, position: int, type_: Type) -> Value:
        return record[position] if isinstance(record, tuple) else self.field(record, position, type_)

    def _type_before(self) -> Type:
        assert self._code is not None
        return self._code.registers[self._at - 1] if self._at else self._code.domain

    def _opcode_before(self) -> int:
        assert self._code is not None
        return self._code.opcodes[self._at - 1]
