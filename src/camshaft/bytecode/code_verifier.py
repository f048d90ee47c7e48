"""The verifier's pass over one piece of code: one rule for each instruction, on the machine that holds types.

Rule: `Never` joins with every type, since nothing arrives; apart from that, paths that meet must agree exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from camshaft.bytecode.abstract_machine import MAX_CODE, MAX_NESTING, MAX_SLOTS, AbstractMachine, Frame
from camshaft.bytecode.effects import PURE, STATE_SLOT, Effects
from camshaft.bytecode.instructions import INSTRUCTIONS, Op
from camshaft.bytecode.places import ResolvedPlace, resolve
from camshaft.bytecode.primitives import PRIMITIVES_BY_OPCODE, PrimitiveOperation
from camshaft.bytecode.program import Code
from camshaft.bytecode.verified import (
    END_CURRY,
    END_EACH,
    END_LOCALS,
    END_MAP,
    END_WHILE,
    PRIMITIVE_1,
    PRIMITIVE_SIZED,
    CurriedCode,
    Jump,
    LocalSlots,
    Signature,
    VerifiedCode,
)
from camshaft.errors import TRAPS, Rejected
from camshaft.values.check import zero
from camshaft.values.types import (
    BOOL,
    INT,
    NEVER,
    STR,
    UNIT,
    WIDE,
    Function,
    List,
    Map,
    Record,
    Type,
    Variant,
    is_storable,
    is_tuple,
    tuple_of,
)


class CodeVerifier(AbstractMachine):
    """Verifies one piece of code; use once."""

    def run(self, code: Code) -> VerifiedCode:
        """The verified code.

        Raises:
            Rejected: what is wrong, and at which instruction.
        """
        if len(code) > MAX_CODE:
            raise Rejected(f"{self._where}: the code has {len(code)} numbers; at most {MAX_CODE} are allowed")
        self._at = 0
        position = 0
        while position < len(code):
            instruction = INSTRUCTIONS.get(code[position])
            if instruction is None:
                self._reject(f"there is no instruction {code[position]}")
            count = len(instruction.operands)
            operands = code[position + 1 : position + 1 + count]
            if len(operands) < count:
                self._reject(f"{instruction.mnemonic} stands at the end without its operands")
            self._charge(instruction.cost)
            primitive = PRIMITIVES_BY_OPCODE.get(instruction.opcode)
            if primitive is not None:
                self._primitive(primitive)
            else:
                resolved = [
                    self._look_up(kind, index) for kind, index in zip(instruction.operands, operands, strict=True)
                ]
                _RULES[instruction.opcode](self, *resolved)
            self._opcodes.append(instruction.opcode)
            self._registers.append(self._register)
            position += 1 + count
            self._at += 1
        if len(self._frames) != 1:
            self._reject(f"{len(self._frames) - 1} constructs are still open at the end")
        if self._stack:
            self._reject(f"{len(self._stack)} values are left on the stack at the end")
        return VerifiedCode(
            self._where,
            self._domain,
            self._register,
            self._row,
            self._frames[0].cost,
            self._call_depth,
            tuple(self._steps),
            tuple(self._opcodes),
            tuple(self._registers),
        )

    # ---- data -------------------------------------------------------------------------------------------

    def _push_rule(self) -> None:
        self._push(self._register)
        self._emit(Op.PUSH)

    def _swap(self) -> None:
        top = self._pop()
        self._stack.append(self._register)
        self._register = top
        self._emit(Op.SWAP)

    def _pop_rule(self) -> None:
        self._register = self._pop()
        self._emit(Op.POP)

    def _cons(self, labels: tuple[str, ...]) -> None:
        if not labels:
            self._reject("CONS makes a record of at least one field; unit is a constant")
        if len(set(labels)) != len(labels):
            self._reject(f"the record's labels are not distinct: {list(labels)[:20]}")
        self._spend(len(labels))
        parts = self._operands(len(labels))
        self._register = self._made(Record(zip(labels, parts, strict=True)))
        self._emit(Op.CONS, len(labels))

    def _unpack(self, count: int) -> None:
        record = self._record("UNPACK")
        if count < 2 or len(record.fields) != count or not is_tuple(record):
            self._reject(f"UNPACK {count} needs a tuple of {count}, at least 2, but the register holds {record!r}")
        self._spend(count)
        for _, child in record.fields[:-1]:
            self._push(child)
        self._register = record.fields[-1][1]
        self._emit(Op.UNPACK, count)

    def _field(self, label: str) -> None:
        record = self._record("FIELD")
        child = record.field(label)
        if child is None:
            self._reject(f"{record!r} has no field {label!r}")
        self._register = child
        self._emit(Op.FIELD, record.positions[label])

    def _acc(self, count: int) -> None:
        if count > MAX_NESTING:
            self._reject(f"an environment is never deeper than {MAX_NESTING}")
        positions = []
        for label in ["0"] * count + ["1"]:
            record = self._record("ACC")
            child = record.field(label)
            if child is None:
                self._reject(f"ACC {count} needs an environment of pairs, but there is {self._register!r}")
            positions.append(record.positions[label])
            self._register = child
        self._emit(Op.ACC, tuple(positions))

    def _const(self, constant: Any) -> None:
        self._register = constant.type
        self._emit(Op.CONST, constant.value)

    def _inject(self, variant: Type, label: str) -> None:
        payload = variant.case(label) if isinstance(variant, Variant) else None
        if payload is None or payload is not self._register:
            self._reject(f"no case {label!r} of {variant!r} has the payload {self._register!r}")
        self._register = variant
        self._emit(Op.INJECT, label)

    def _distribute(self, label: str) -> None:
        record = self._record("DISTRIBUTE")
        variant = record.field(label)
        if not isinstance(variant, Variant):
            self._reject(f"DISTRIBUTE needs a variant in the field {label!r} of {record!r}")
        self._spend(len(variant.cases) * len(record.fields))
        position = record.positions[label]
        before, after = record.fields[:position], record.fields[position + 1 :]
        self._register = self._made(
            Variant((case, Record((*before, (label, payload), *after))) for case, payload in variant.cases)
        )
        self._emit(Op.DISTRIBUTE, position)

    def _primitive(self, primitive: PrimitiveOperation) -> None:
        operands = self._operands(primitive.arity)
        self._spend(sum(type_.nodes for type_ in operands if type_.nodes > _SMALL_TYPE))
        result = primitive.result_type(operands)
        if result is None:
            shown = ", ".join(map(repr, operands))
            expected = " or ".join(str(signature) for signature in primitive.signatures)
            self._reject(f"{primitive.name} takes {expected}, but here it gets {shown}")
        self._register = self._made(result)
        self._does(Effects(traps=primitive.traps))
        if primitive.charge is not None and (primitive.makes_list or not all(type_.is_flat for type_ in operands)):
            self._emit(PRIMITIVE_SIZED, (primitive.meaning, primitive.arity, primitive.charge.of))
        else:
            if primitive.charge is not None:
                self._charge(sum(type_.nodes for type_ in operands))
            self._emit(PRIMITIVE_1 + primitive.arity - 1, primitive.meaning)

    # ---- state --------------------------------------------------------------------------------------------

    def _place(self, place: Any, operands_before_keys: int) -> tuple[ResolvedPlace, tuple[Type, ...]]:
        found = resolve(place, self._slots)
        if isinstance(found, str):
            self._reject(f"no such place: {found}")
        operands = self._operands(operands_before_keys + len(found.keys))
        keys = operands[operands_before_keys:]
        for key, expected in zip(keys, found.keys, strict=True):
            if key is not expected and not (expected is INT and key is WIDE):
                self._reject(f"a key of the place is {key!r}, but {expected!r} is needed")
        return found, operands[:operands_before_keys]

    def _touch(self, slot: int, *, write: bool) -> None:
        if slot == STATE_SLOT:
            self._does(_WRITES if write else _READS)

    def _get(self, place: Any) -> None:
        found, _ = self._place(place, 0)
        self._does(Effects(traps=found.end_traps))
        self._touch(found.slot, write=False)
        self._register = found.type
        self._emit(Op.GET, found)

    def _put(self, place: Any) -> None:
        found, (value,) = self._place(place, 1)
        if value is not found.type:
            self._reject(f"PUT of {value!r} at a place of {found.type!r}")
        self._does(Effects(traps=found.put_traps))
        self._touch(found.slot, write=True)
        self._register = UNIT
        self._emit(Op.PUT, found)

    def _delete(self, place: Any) -> None:
        found, _ = self._place(place, 0)
        if not found.path or found.path[-1] is not None:
            self._reject("DELETE needs a place that ends in a key or an index")
        self._does(Effects(traps=found.end_traps))
        self._touch(found.slot, write=True)
        self._register = UNIT
        self._emit(Op.DELETE, found)

    def _append(self, place: Any) -> None:
        found, (value,) = self._place(place, 1)
        if not isinstance(found.type, List) or found.type.element is not value:
            self._reject(f"APPEND of {value!r} to {found.type!r}")
        self._does(Effects(traps=found.end_traps))
        self._touch(found.slot, write=True)
        self._register = UNIT
        self._emit(Op.APPEND, found)

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

    # ---- control ------------------------------------------------------------------------------------------

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
        elif isinstance(items, Map) and op == Op.MAP:
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


_SMALL_TYPE: Final = 16
"""Types of so many nodes are matched in no time worth counting."""
_READS: Final = Effects(reads=frozenset({STATE_SLOT}))
_WRITES: Final = Effects(writes=frozenset({STATE_SLOT}))
_LOOPS: Final = Effects(loops=True)

_RULES: Final[dict[int, Callable[..., None]]] = {
    Op.PUSH: CodeVerifier._push_rule,
    Op.SWAP: CodeVerifier._swap,
    Op.POP: CodeVerifier._pop_rule,
    Op.CONS: CodeVerifier._cons,
    Op.UNPACK: CodeVerifier._unpack,
    Op.FIELD: CodeVerifier._field,
    Op.ACC: CodeVerifier._acc,
    Op.CONST: CodeVerifier._const,
    Op.INJECT: CodeVerifier._inject,
    Op.CASE: CodeVerifier._case,
    Op.ARM: CodeVerifier._arm,
    Op.IF: CodeVerifier._if,
    Op.ELSE: CodeVerifier._else,
    Op.BLOCK: CodeVerifier._block,
    Op.EXIT: CodeVerifier._exit,
    Op.EACH: CodeVerifier._each,
    Op.MAP: CodeVerifier._map,
    Op.LOCALS: CodeVerifier._locals,
    Op.END: CodeVerifier._end,
    Op.DISTRIBUTE: CodeVerifier._distribute,
    Op.GET: CodeVerifier._get,
    Op.PUT: CodeVerifier._put,
    Op.DELETE: CodeVerifier._delete,
    Op.APPEND: CodeVerifier._append,
    Op.CALL: CodeVerifier._call,
    Op.REFUSE: CodeVerifier._refuse,
    Op.TRAP: CodeVerifier._trap,
    Op.WHILE: CodeVerifier._while,
    Op.DO: CodeVerifier._do,
    Op.CURRY: CodeVerifier._curry,
    Op.APPLY: CodeVerifier._apply,
}
