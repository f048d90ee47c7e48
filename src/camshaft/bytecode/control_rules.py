"""The verifier's rules for control: branches, blocks and exits, loops, local slots, functions, and how a step ends.

A construct opens a frame, its END closes it: what is known of the paths to there is joined, and the steps that jump
there are told where it is. `code_verifier` calls the rules.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from camshaft.bytecode.abstract_machine import MAX_SLOTS, AbstractMachine, Frame
from camshaft.bytecode.effects import PURE, Effects
from camshaft.bytecode.instructions import Op
from camshaft.bytecode.verified import (
    END_CURRY,
    END_EACH,
    END_LOCALS,
    END_MAP,
    END_WHILE,
    CurriedCode,
    Jump,
    LocalSlots,
    Signature,
)
from camshaft.errors import TRAPS
from camshaft.values.check import zero
from camshaft.values.types import (
    BOOL,
    NEVER,
    STR,
    UNIT,
    Function,
    List,
    Map,
    Record,
    Set,
    Type,
    Variant,
    is_storable,
    is_tuple,
    tuple_of,
)

_LOOPS: Final = Effects(loops=True)


class ControlRules(AbstractMachine):
    """One method for each instruction; what it takes are the instruction's operands, looked up in their pools."""

    def _locals(self, slots: Type) -> None:
        if not isinstance(slots, Record) or len(self._slots) + len(slots.fields) > MAX_SLOTS:
            self._reject(f"LOCALS needs a record type, and at most {MAX_SLOTS} slots in all")
        if any(child is NEVER for _, child in slots.fields):
            self._reject("a slot of type Never could not hold anything")
        self._spend(slots.nodes)
        self._open(Op.LOCALS)
        self._slots.extend(child for _, child in slots.fields)
        types = tuple(child for _, child in slots.fields)
        self._emit(Op.LOCALS, LocalSlots(types, tuple(map(zero, types))))

    def _case(self) -> None:
        if not isinstance(self._register, Variant) or not self._register.cases:
            self._reject(f"CASE needs a variant with cases, but the register holds {self._register!r}")
        frame = self._open(Op.CASE)
        self._emit(Op.CASE, frame.arms)

    def _arm(self, label: str) -> None:
        frame = self._frames[-1]
        variant = frame.entered
        if frame.op != Op.CASE or not isinstance(variant, Variant):
            self._reject("ARM stands outside of a CASE")
        if frame.arms:
            self._end_arm(frame)
            frame.pending.append(self._at)
        elif self._at != frame.start + 1:
            self._reject("the first ARM must follow its CASE at once")
        if len(frame.arms) == len(variant.cases) or variant.cases[len(frame.arms)][0] != label:
            self._reject(f"arm {label!r} is not the next case of {variant!r}")
        self._register = variant.cases[len(frame.arms)][1]
        frame.arms[label] = self._at + 1
        self._emit(Op.ARM)

    def _if(self) -> None:
        if self._register is not BOOL:
            self._reject(f"IF needs a Bool, but the register holds {self._register!r}")
        self._register = self._pop()
        self._open(Op.IF)
        self._emit(Op.IF)

    def _else(self) -> None:
        frame = self._frames[-1]
        if frame.op != Op.IF or frame.pending:
            self._reject("ELSE stands outside of an IF, or is its second")
        self._end_arm(frame)
        self._patch([frame.start], self._at + 1)
        frame.pending.append(self._at)
        self._register = frame.entered
        self._emit(Op.ELSE)

    def _block(self) -> None:
        self._open(Op.BLOCK)
        self._emit(Op.BLOCK)

    def _exit(self, depth: int) -> None:
        blocks = [index for index, frame in enumerate(self._own_frames(), self._curried()) if frame.op == Op.BLOCK]
        if depth >= len(blocks):
            self._reject(f"EXIT {depth} has no such block around it: there are {len(blocks)}")
        frame = self._frames[blocks[-1 - depth]]
        self._joined(frame, self._register)
        frame.exits.append(self._at)
        self._register = NEVER
        self._emit(Op.EXIT)

    def _each(self) -> None:
        self._begin_loop(Op.EACH)

    def _map(self) -> None:
        self._begin_loop(Op.MAP)

    def _begin_loop(self, op: Op) -> None:
        pair = self._record(op.name)
        items = pair.field("1")
        element: Type
        if isinstance(items, List):
            element = items.element
        elif isinstance(items, Map) and not isinstance(items, Set) and op == Op.MAP:
            element = tuple_of(items.key, items.value)
        else:
            self._reject(f"{op.name} needs an environment and a list, but the register holds {pair!r}")
        if len(pair.fields) != 2 or not is_tuple(pair):
            self._reject(f"{op.name} needs an environment and a list, but the register holds {pair!r}")
        self._does(_LOOPS)
        self._open(op)
        self._register = self._made(Record((pair.fields[0], ("1", element))))
        self._emit(op)

    def _while(self) -> None:
        self._does(_LOOPS)
        self._open(Op.WHILE)
        self._emit(Op.WHILE)

    def _do(self) -> None:
        frame = self._frames[-1]
        if frame.op != Op.WHILE or frame.pending:
            self._reject("DO stands outside of a WHILE, or is its second")
        if self._register is not BOOL or len(self._stack) != frame.stack:
            self._reject(f"DO needs a Bool and nothing else on the stack, but the register holds {self._register!r}")
        frame.pending.append(self._at)
        self._register = frame.entered
        self._emit(Op.DO)

    def _curry(self, parameter: Type) -> None:
        # The function may be applied when the local slots around it are gone: it sees the machine's state only.
        frame = self._open(Op.CURRY)
        frame.around = (parameter, self._stack, self._slots, self._row)
        frame.stack = 0
        self._stack = []
        self._row = PURE
        self._slots = self._slots[: 1 if self._has_state else 0]
        self._register = self._made(tuple_of(self._register, parameter))
        self._emit(Op.CURRY)

    def _end_curry(self, frame: Frame, cost: int) -> None:
        parameter, stack, slots, row = frame.around
        self._register = self._made(Function(parameter, frame.result, self._row))
        self._stack, self._slots, self._row = stack, slots, row
        self._patch([frame.start], CurriedCode(frame.start + 1, self._at, cost))
        self._emit(END_CURRY)

    def _apply(self) -> None:
        function = self._pop()
        if not isinstance(function, Function) or self._register is not function.domain:
            self._reject(f"APPLY of {function!r} to {self._register!r}")
        assert isinstance(function.latent, Effects)
        self._does(function.latent)
        self._register = function.codomain
        self._emit(Op.APPLY)

    def _call(self, function: tuple[int, Signature]) -> None:
        index, signature = function
        if self._register is not signature.domain:
            self._reject(f"CALL of a function from {signature.domain!r} with {self._register!r}")
        self._register = signature.codomain
        self._does(signature.effects)
        self._charge(signature.cost)
        self._call_depth = max(self._call_depth, signature.call_depth + 1)
        self._emit(Op.CALL, index)

    def _refuse(self, refusal: Any) -> None:
        if self._register is not refusal.payload:
            self._reject(f"REFUSE {refusal.name} takes {refusal.payload!r}, but the register holds {self._register!r}")
        self._does(Effects(refuses=frozenset({refusal.name})))
        self._register = NEVER
        self._emit(Op.REFUSE, refusal.name)

    def _trap(self, kind: str) -> None:
        if kind not in TRAPS or kind == "OutOfFuel":
            self._reject(f"{kind!r} is not a kind of trap that code can raise")
        if self._register is not STR:
            self._reject(f"TRAP takes a text, but the register holds {self._register!r}")
        self._does(Effects(traps=frozenset({kind})))
        self._register = NEVER
        self._emit(Op.TRAP, TRAPS[kind])

    def _end(self) -> None:
        if len(self._frames) == 1:
            self._reject("END closes nothing")
        frame = self._frames[-1]
        if frame.op == Op.IF and not frame.pending:
            self._reject("an IF ends without its ELSE")
        if frame.op == Op.WHILE and not frame.pending:
            self._reject("a WHILE ends without its DO")
        if frame.op == Op.CASE and len(frame.arms) != len(frame.entered.cases):  # type: ignore[union-attr]  # a variant
            self._reject(f"a CASE ends without an arm for each case of {frame.entered!r}")
        self._end_arm(frame)
        self._frames.pop()
        cost = frame.longest_arm
        self._register = frame.result
        match frame.op:
            case Op.EACH | Op.MAP:
                self._end_loop(frame, cost)
                cost = 0
            case Op.WHILE:
                self._end_while(frame, cost)
                cost = 0
            case Op.CURRY:
                self._end_curry(frame, cost)
                cost = 0
            case Op.LOCALS:
                self._emit(END_LOCALS, frame.slots)
            case _:
                self._emit(Op.END)
        if frame.op != Op.CURRY:
            del self._slots[frame.slots :]
        jump = Jump(self._at + 1, frame.stack, self._loop_depth(), frame.slots)
        self._patch(frame.exits, jump)
        self._patch(frame.pending, self._at + 1)
        self._charge(cost)

    def _end_loop(self, frame: Frame, cost: int) -> None:
        # One unit more an element, so that an empty body is not free.
        self._patch([frame.start], (self._at + 1, cost + 1))
        body = frame.start + 1
        if frame.op == Op.EACH:
            if frame.result is not UNIT and frame.result is not NEVER:
                self._reject(f"the body of EACH must end with (), not {frame.result!r}")
            self._register = UNIT
            self._emit(END_EACH, body)
        else:
            # A body that never arrives is one for every loop. Its list is empty wherever it is made: a List of Never,
            # which can be dropped and nothing else.
            if frame.result is not NEVER and not is_storable(frame.result):
                self._reject(f"the body of MAP ends with {frame.result!r}, which no list can hold")
            items = frame.entered.field("1") if isinstance(frame.entered, Record) else None
            self._register = self._made(Map(items.key, frame.result) if isinstance(items, Map) else List(frame.result))
            self._emit(END_MAP, body)

    def _end_while(self, frame: Frame, cost: int) -> None:
        # One unit more a round, so that an empty loop is not free.
        if frame.result is not UNIT and frame.result is not NEVER:
            self._reject(f"the body of WHILE must end with (), not {frame.result!r}")
        self._register = UNIT
        self._patch([frame.start], cost + 1)
        self._emit(END_WHILE, (frame.start + 1, cost + 1))


CONTROL_RULES: Final[dict[int, Callable[..., None]]] = {
    Op.CASE: ControlRules._case,
    Op.ARM: ControlRules._arm,
    Op.IF: ControlRules._if,
    Op.ELSE: ControlRules._else,
    Op.BLOCK: ControlRules._block,
    Op.EXIT: ControlRules._exit,
    Op.EACH: ControlRules._each,
    Op.MAP: ControlRules._map,
    Op.LOCALS: ControlRules._locals,
    Op.END: ControlRules._end,
    Op.CALL: ControlRules._call,
    Op.REFUSE: ControlRules._refuse,
    Op.TRAP: ControlRules._trap,
    Op.WHILE: ControlRules._while,
    Op.DO: ControlRules._do,
    Op.CURRY: ControlRules._curry,
    Op.APPLY: ControlRules._apply,
}
