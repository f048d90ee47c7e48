"""Verified code to Python statements: the abstract machine, run on symbolic values.

What is known while translating (the shape of the environment, what a record was made of) leaves no trace; what is left
is straight Python over local variables. The parts of the machine's state are local variables while a function runs;
their containers are changed in place.

`ownership` says who owns which container, `control` how branches and loops are written, `place_code` reads and writes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any, Final, TypedDict

from camshaft.bytecode.instructions import OPENERS, Op
from camshaft.bytecode.occasion import QUESTIONS_BY_OPCODE, Question
from camshaft.bytecode.primitives import PRIMITIVES_BY_OPCODE
from camshaft.bytecode.verified import VerifiedCode
from camshaft.execution import operations
from camshaft.execution.bounds import CAP, Bounds, Known
from camshaft.execution.facts import COMPARISONS
from camshaft.execution.place_code import Writes
from camshaft.execution.statements import NOT_KNOWN, Assign, Cap, Line, Return
from camshaft.execution.support import SMALL
from camshaft.execution.symbolic_machine import Constants, Summary
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
from camshaft.values.types import (
    BOOL,
    BYTES,
    DURATION,
    FLOAT,
    INT,
    NEVER,
    STR,
    TIME,
    UNIT,
    WIDE,
    List,
    Map,
    Record,
    Type,
    Variant,
)

_SCALARS: Final = frozenset({BOOL, BYTES, DURATION, FLOAT, INT, STR, TIME, UNIT, WIDE})


class _Ownership(TypedDict, total=False):
    """What `_assign` is told of the containers of a value."""

    held: frozenset[str]
    fresh: bool
    apart: bool


class Translator(Writes):
    """Translates one piece of code; use once."""

    def __init__(
        self,
        code: VerifiedCode,
        state: Type | None,
        constants: Constants,
        functions: list[Summary],
        known: Known,
        *,
        looks_for_counters: bool,
        is_method: bool,
    ) -> None:
        super().__init__(code, state, constants, functions, known, looks_for_counters=looks_for_counters)
        self._is_method = is_method

    def run(self, register: Symbol) -> None:
        """Translate the code on what its register holds at first; the statements are in `body`."""
        self._register = register
        self._range(0, len(self._code.steps))
        if not self._dead:
            self._return(self._register)

    def _return(self, symbol: Symbol) -> None:
        text = "None" if self._is_method and symbol.type is UNIT else self._given_up(symbol)
        if not self._is_method:
            self._kept_ordinary(symbol)
        self._out.append(Return(text))
        self._dead = True

    def _range(self, start: int, end: int) -> None:
        at = start
        while at < end and not self._dead:
            written = len(self._out)
            opcode = self._code.opcodes[at]
            if opcode in OPENERS:
                close = self._ends[at][-1]
                _CONSTRUCTS[opcode](self, at, close)
                following = close + 1
            else:
                self._instruction(at)
                following = at + 1
            # What an instruction writes down may take the place of the last statements before it.
            for statement in self._out[max(0, written - 3) :]:
                if statement.at == NOT_KNOWN:
                    statement.at = at
            at = following

    def _instruction(self, at: int) -> None:
        self._at = at
        opcode, (_, argument) = self._code.opcodes[at], self._code.steps[at]
        primitive = PRIMITIVES_BY_OPCODE.get(opcode)
        if primitive is not None:
            self._primitive(at, primitive.name)
        else:
            _DATA[opcode](self, at, argument)

    def _push(self, _at: int, _argument: Any) -> None:
        self._stack.append(self._register)

    def _swap(self, _at: int, _argument: Any) -> None:
        self._register, self._stack[-1] = self._stack[-1], self._register

    def _pop(self, _at: int, _argument: Any) -> None:
        self._register = self._stack.pop()

    def _cons(self, at: int, count: int) -> None:
        type_ = self._code.registers[at]
        assert isinstance(type_, Record)
        self._register = Pack(type_, tuple(self._operands(count)))

    def _unpack(self, _at: int, count: int) -> None:
        parts = [self._part(self._register, index) for index in range(count)]
        self._stack.extend(parts[:-1])
        self._register = parts[-1]

    def _field(self, _at: int, position: int) -> None:
        self._register = self._part(self._register, position)

    def _acc(self, _at: int, positions: tuple[int, ...]) -> None:
        for position in positions:
            self._register = self._part(self._register, position)

    def _const(self, at: int, value: Any) -> None:
        type_ = self._code.registers[at]
        if type_ is INT and -SMALL < value < SMALL:
            self._register = Atom(repr(value), type_, bounds=Bounds(value, value))
        elif type_ is BOOL:
            self._register = Atom(repr(value), type_)
        elif value == [] or value == {}:
            self._register = Atom(repr(value), type_, fresh=True)
        elif type_ is UNIT:
            self._register = UNIT_ATOM
        else:
            bounds = self._known.assumed.rounded(Bounds(value, value)) if type_ is INT or type_ is WIDE else None
            self._register = Atom(self._constants.name(value), type_, bounds=bounds)

    def _inject(self, at: int, label: str) -> None:
        type_ = self._code.registers[at]
        assert isinstance(type_, Variant)
        constant = self._constants.name((label, ()), ("case", label)) if self._register.type is UNIT else ""
        self._register = Tagged(type_, label, self._constants.label(label), self._register, constant)

    def _distribute(self, at: int, position: int) -> None:
        type_ = self._code.registers[at]
        assert isinstance(type_, Variant)
        record = self._register
        if not isinstance(record, Pack):
            whole = record.type
            assert isinstance(whole, Record)
            record = Pack(whole, tuple(self._part(record, index) for index in range(len(whole.fields))))
        self._register = Distributed(type_, record, position)

    def _call(self, at: int, index: int) -> None:
        called = self._functions[index]
        argument = self._register
        rebound = frozenset(f"f{field}" for field in called.rebinds)
        mutated = frozenset(f"f{field}" for field in called.mutates)
        if roots(argument) & mutated:
            self._stack.append(argument)
            self._protect(NOWHERE, mutated)
            argument = self._stack.pop()
        if called.spread is None:
            self._kept_ordinary(argument)
            texts = [self._text(argument)]
        else:
            parts = [self._part(argument, position) for position in range(called.spread)]
            for part in parts:
                self._kept_ordinary(part)
            texts = [self._text(part) for part in parts]
        self._protect(rebound, mutated)
        self._facts.forget(rebound)
        for summary, own in (
            (called.reads, self.summary.reads),
            (called.rebinds, self.summary.rebinds),
            (called.mutates, self.summary.mutates),
        ):
            own |= summary
        self.summary.fuel |= called.fuel
        self.summary.undo |= called.undo
        self.summary.occasion |= called.occasion
        self.summary.passes_undo |= called.undo
        self.summary.python_errors |= called.python_errors
        texts += [f"f{field}" for field in sorted(called.reads)]
        texts += ["u"] * called.undo + ["o"] * called.occasion + ["fuel"] * called.fuel
        result = self._name()
        targets = [result, *(f"f{field}" for field in sorted(called.rebinds)), *["fuel"] * called.fuel]
        self._out.append(Line(f"{', '.join(targets)} = {called.name}({', '.join(texts)})", fails=True))
        type_ = self._code.registers[at]
        if type_ is NEVER:
            self._dead = True
        else:
            self._register = UNIT_ATOM if type_ is UNIT else Atom(result, type_, fresh=True)

    def _ask(self, at: int, question: Question) -> None:
        self.summary.occasion = True
        type_ = self._code.registers[at]
        atoms = [self._named(operand) for operand in self._operands(len(question.operands))]
        text = question.text.format(*(atom.text for atom in atoms))
        if not question.draws:
            self._register = self._assign(text, type_)
            return
        # A draw is a statement of its own, which stays where it stands: another one before it would get its number.
        bounds = None
        if type_ is INT:
            # An integer that is drawn lies between those that were given.
            bounds = reduce(self._known.joined, map(self._bounds, atoms))
        result = self._name()
        self._out.append(Line(f"{result} = {text}", fails=bool(question.traps)))
        self._register = Atom(result, type_, bounds=bounds)

    def _refuse(self, _at: int, name: str) -> None:
        payload = self._owned(self._register)
        self._out.append(Line(f"raise Refused({self._constants.label(name)}, {payload})", fails=True))
        self._dead = True

    def _trap(self, _at: int, kind: type[Exception]) -> None:
        self._out.append(Line(f"raise {self._constants.name(kind, kind)}({self._text(self._register)})", fails=True))
        self._dead = True

    def _exit_rule(self, at: int, _argument: Any) -> None:
        self._exit(self._exits[at])

    def _primitive(self, at: int, name: str) -> None:
        row = operations.OPERATIONS[name]
        sized = self._code.steps[at][0] == operations.PRIMITIVE_SIZED
        type_ = self._code.registers[at]
        operands = self._operands(row.arity)
        if name == "collect":
            pack = operands[0]
            assert isinstance(pack.type, Record)
            parts = [self._part(pack, index) for index in range(len(pack.type.fields))]
            if sized:
                self._charge(str(len(parts)))
            for part in parts:
                self._kept_ordinary(part)
            text = f"[{', '.join(map(self._text, parts))}]"
            self._register = self._assign(text, type_, **self._made_of(type_, parts))
            return
        atoms = [self._named(operand) for operand in operands]
        if name == "range":
            self._range_of(type_, atoms)
            return
        if sized:
            self._charge(row.size_text(atoms))
        if row.lazy:
            self._register = Lazy(type_, row.lazy, tuple(atoms))
            return
        bounds = [self._bounds(atom) for atom in atoms]
        known = self._known.result(name, bounds)
        if name == "subtract":
            known = self._facts.of_difference(atoms[0].text, atoms[1].text, known)
        if type_ not in _SCALARS:
            for atom in atoms:
                self._kept_ordinary(atom)
        if name == "cap":
            self._cap(atoms[0])
            self._register = Atom(atoms[0].text, type_, atoms[0].mentions, bounds=self._within(bounds[0]))
            return
        is_integer = type_ is INT or type_ is WIDE
        result = self._assign(
            row.text.format(*(atom.text for atom in atoms)),
            type_,
            fails=row.fails and not (name in ("modulo", "floor_divide") and bounds[1].excludes_zero),
            **(self._made_of(type_, atoms) if row.makes_new else {"held": NOWHERE.union(*map(roots, atoms))}),
            bounds=known if is_integer else None,
        )
        if row.capped:
            self._cap(result)
            result = replace(result, bounds=self._within(known))
        if name in ("add", "subtract") and atoms[1].text.isdigit():
            self._steps[result.text] = atoms[0].text
        self._notice(name, result.text, atoms, bounds)
        self._register = result

    def _made_of(self, type_: Type, operands: Sequence[Symbol]) -> _Ownership:
        """Whose the containers of a new container are."""
        inner = type_.element if isinstance(type_, List) else type_.value if isinstance(type_, Map) else None
        if inner is None or not inner.is_mutable:
            return {"held": NOWHERE, "fresh": True, "apart": True}
        # What its operands hold goes over to it, where they are used here for the last time.
        fresh = self._is_unshared(*operands) and not any(map(self._is_around, operands))
        return {"held": NOWHERE.union(*map(roots, operands)), "fresh": fresh, "apart": False}

    def _notice(self, name: str, result: str, atoms: list[Atom], bounds: list[Bounds]) -> None:
        """Keep in mind what a truth value says of integers."""
        if name == "not":
            self._facts.negated(result, atoms[0].text)
        elif name in COMPARISONS and all(atom.type is INT or atom.type is WIDE for atom in atoms):
            self._facts.compared(result, name, (atoms[0].text, atoms[1].text), (bounds[0], bounds[1]))

    def _range_of(self, type_: Type, atoms: list[Atom]) -> None:
        """RANGE: charged for its elements, which are made only where something else than a loop asks for them."""
        step = atoms[2].text
        count, may_be_negative = operations.range_length(*(atom.text for atom in atoms))
        self._range_charge = self._charge(count, operations.RANGE_ELEMENT, may_be_negative=may_be_negative)
        if not step.lstrip("-").isdigit():
            zero = self._constants.label(operations.ZERO_STEP)
            self._out.append(Line(f"if {step} == 0: raise BadValue({zero})", fails=True))
        elif int(step) == 0:
            self._out.append(Line(f"raise BadValue({self._constants.label(operations.ZERO_STEP)})", fails=True))
            self._dead = True
        self._register = Lazy(type_, "range", tuple(atoms))

    def _cap(self, atom: Atom) -> None:
        """Check an integer for its size, on the sides where it can be too large."""
        known = self._known.absolute(self._bounds(atom))
        up, down = known.high > CAP, known.low < -CAP
        if not up and not down:
            return
        names: tuple[str, ...] = (atom.text,)
        match self._out[-2:]:
            case [Cap() as before, Assign() as last] if (
                last.name == atom.text and self._steps.get(atom.text) == before.names[-1]
            ):
                # Too large by far does not become small by a small step: one look does for both.
                names, up, down = (*before.names, atom.text), up or before.up, down or before.down
                del self._out[-2]
        self._out.append(Cap(names, up, down, self._known.assumed.speculative))

    def _within(self, bounds: Bounds) -> Bounds:
        """What is known of an integer once it was checked, where it had to be."""
        if bounds.base is not None:
            return bounds
        assumed = self._known.assumed
        limit = assumed.stored if assumed.speculative else Bounds(-CAP, CAP)
        return Bounds(limit.low if bounds.low < -CAP else bounds.low, limit.high if bounds.high > CAP else bounds.high)


_CONSTRUCTS: Final[dict[int, Callable[[Translator, int, int], None]]] = {
    Op.IF: Translator._if,
    Op.CASE: Translator._case,
    Op.BLOCK: Translator._block,
    Op.EACH: Translator._each,
    Op.MAP: Translator._map,
    Op.LOCALS: Translator._locals,
    Op.WHILE: Translator._while,
}

_DATA: Final[dict[int, Callable[[Translator, int, Any], None]]] = {
    Op.PUSH: Translator._push,
    Op.SWAP: Translator._swap,
    Op.POP: Translator._pop,
    Op.CONS: Translator._cons,
    Op.UNPACK: Translator._unpack,
    Op.FIELD: Translator._field,
    Op.ACC: Translator._acc,
    Op.CONST: Translator._const,
    Op.INJECT: Translator._inject,
    Op.DISTRIBUTE: Translator._distribute,
    Op.GET: Translator._get,
    Op.PUT: Translator._put,
    Op.DELETE: Translator._delete,
    Op.APPEND: Translator._append,
    Op.CALL: Translator._call,
    Op.REFUSE: Translator._refuse,
    Op.TRAP: Translator._trap,
    Op.EXIT: Translator._exit_rule,
    **dict.fromkeys(QUESTIONS_BY_OPCODE, Translator._ask),
}
