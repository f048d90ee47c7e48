"""The verifier's rules for data: the stack, records, variants, constants, operations, and places in the slots.

A rule changes what the machine holds as the instruction would, on types, or rejects the code; `code_verifier` calls it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from camshaft.bytecode.abstract_machine import MAX_NESTING, AbstractMachine
from camshaft.bytecode.effects import STATE_SLOT, Effects, trapping
from camshaft.bytecode.instructions import Op
from camshaft.bytecode.occasion import Question
from camshaft.bytecode.places import ResolvedPlace, resolve
from camshaft.bytecode.primitives import PrimitiveOperation
from camshaft.bytecode.verified import ASK, PRIMITIVE_1, PRIMITIVE_SIZED
from camshaft.values.types import INT, UNIT, WIDE, List, Record, Type, Variant, is_tuple

_SMALL_TYPE: Final = 16
"""Types of so many nodes are matched in no time worth counting."""
_READS: Final = Effects(reads=frozenset({STATE_SLOT}))
_WRITES: Final = Effects(writes=frozenset({STATE_SLOT}))


class DataRules(AbstractMachine):
    """One method for each instruction; what it takes are the instruction's operands, looked up in their pools."""

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
        self._does(trapping(primitive.traps))
        if primitive.charge is not None and (primitive.makes_list or not all(type_.is_flat for type_ in operands)):
            self._emit(PRIMITIVE_SIZED, (primitive.meaning, primitive.arity, primitive.charge.of))
        else:
            if primitive.charge is not None:
                self._charge(sum(type_.nodes for type_ in operands))
            self._emit(PRIMITIVE_1 + primitive.arity - 1, primitive.meaning)

    def _ask(self, question: Question) -> None:
        operands = self._operands(len(question.operands))
        if operands != question.operands:
            shown, expected = (", ".join(map(repr, types)) for types in (operands, question.operands))
            self._reject(f"{question.name} takes {expected}, but here it gets {shown}")
        self._does(question.effects)
        self._register = question.result
        self._emit(ASK, question)

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
        self._does(trapping(found.end_traps))
        self._touch(found.slot, write=False)
        self._register = found.type
        self._emit(Op.GET, found)

    def _put(self, place: Any) -> None:
        found, (value,) = self._place(place, 1)
        if value is not found.type:
            self._reject(f"PUT of {value!r} at a place of {found.type!r}")
        self._does(trapping(found.put_traps))
        self._touch(found.slot, write=True)
        self._register = UNIT
        self._emit(Op.PUT, found)

    def _delete(self, place: Any) -> None:
        found, _ = self._place(place, 0)
        if not found.path or found.path[-1] is not None:
            self._reject("DELETE needs a place that ends in a key or an index")
        self._does(trapping(found.end_traps))
        self._touch(found.slot, write=True)
        self._register = UNIT
        self._emit(Op.DELETE, found)

    def _append(self, place: Any) -> None:
        found, (value,) = self._place(place, 1)
        if not isinstance(found.type, List) or found.type.element is not value:
            self._reject(f"APPEND of {value!r} to {found.type!r}")
        self._does(trapping(found.end_traps))
        self._touch(found.slot, write=True)
        self._register = UNIT
        self._emit(Op.APPEND, found)


DATA_RULES: Final[dict[int, Callable[..., None]]] = {
    Op.PUSH: DataRules._push_rule,
    Op.SWAP: DataRules._swap,
    Op.POP: DataRules._pop_rule,
    Op.CONS: DataRules._cons,
    Op.UNPACK: DataRules._unpack,
    Op.FIELD: DataRules._field,
    Op.ACC: DataRules._acc,
    Op.CONST: DataRules._const,
    Op.INJECT: DataRules._inject,
    Op.DISTRIBUTE: DataRules._distribute,
    Op.GET: DataRules._get,
    Op.PUT: DataRules._put,
    Op.DELETE: DataRules._delete,
    Op.APPEND: DataRules._append,
}
