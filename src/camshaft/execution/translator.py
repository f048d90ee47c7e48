"""Verified code to Python statements: the abstract machine, run on symbolic values.

What is known while translating (the shape of the environment, what a record was made of) leaves no trace; what is left
is straight Python over local variables. The parts of the machine's state are local variables while a function runs;
their containers are changed in place.

Ownership: a container is reachable by one way only, from one variable. A symbol that stands for somebody else's
container is a borrow; storing or returning it copies, and so does a write that could reach it while it is still around.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from camshaft.bytecode.effects import STATE_SLOT
from camshaft.bytecode.instructions import OPENERS, Op
from camshaft.bytecode.places import ResolvedPlace
from camshaft.bytecode.primitives import PRIMITIVES_BY_OPCODE
from camshaft.bytecode.verified import END_EACH, END_LOCALS, END_MAP, VerifiedCode
from camshaft.execution import operations
from camshaft.execution.statements import BLOCK_HEAD, FOREVER_HEAD, Assign, Body, Branch, Line, Loop, Return, Write
from camshaft.execution.support import SMALL, copier
from camshaft.execution.symbols import (
    NOWHERE,
    UNIT_ATOM,
    Atom,
    Distributed,
    Lazy,
    Pack,
    Symbol,
    Tagged,
    is_fresh,
    mentions,
    roots,
    text_of,
)
from camshaft.values.check import zero
from camshaft.values.types import INT, NEVER, UNIT, List, Map, Record, Type, Variant, tuple_of

_FIELD: Final = re.compile(r"(f\d+) = (t\d+|-?\d+)")
_ENDS: Final = frozenset({int(Op.END), END_EACH, END_MAP, END_LOCALS})


@dataclass(slots=True)
class Summary:
    """What a caller must know of a translated function. Fields are positions in the state."""

    name: str = ""
    reads: set[int] = field(default_factory=set)
    rebinds: set[int] = field(default_factory=set)
    mutates: set[int] = field(default_factory=set)
    fuel: bool = False
    undo: bool = False
    python_errors: bool = False
    """Whether Python's own exceptions stand for traps in it."""
    passes_undo: bool = False
    spread: int | None = None
    """How many parameters the domain's record is spread over; None: it is one parameter."""


class Constants:
    """The values that generated code refers to by name."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {}
        self._names: dict[Any, str] = {}

    def name(self, value: Any, key: Any = None) -> str:
        """The name of a constant; values of equal keys share one."""
        key = ("by identity", id(value)) if key is None else key
        if key not in self._names:
            self._names[key] = f"k{len(self._names)}"
            self.namespace[self._names[key]] = value
        return self._names[key]

    def label(self, label: str) -> str:
        """The name of a label."""
        return self.name(label, ("label", label))


@dataclass(slots=True)
class _Block:
    """A BLOCK that is open: where its result goes, and how to leave it."""

    result: str
    loops: int
    """How many Python loops are open inside of which `break` would end it: those beyond this number are between."""
    flag: str
    is_tail: bool
    flagged: bool = False


class Translator:
    """Translates one piece of code; use once."""

    def __init__(
        self, code: VerifiedCode, state: Type | None, constants: Constants, functions: list[Summary], fallthrough: bool
    ) -> None:
        self.summary = Summary()
        self.body: Body = []
        self._code = code
        self._constants = constants
        self._functions = functions
        self._names_results = fallthrough
        self._fields: tuple[Type, ...] = ()
        self._state = state
        if isinstance(state, Record):
            self._fields = tuple(child for _, child in state.fields)
        elif state is not None:
            self._fields = (state,)
        self._grows: dict[str, str] = {}
        """Integers that can only have become larger, or smaller, than one that was within bounds."""
        self._register: Symbol = UNIT_ATOM
        self._stack: list[Symbol] = []
        self._slots: list[tuple[str, Type]] = []
        self._blocks: list[_Block] = []
        self._loops: list[_Block | None] = []
        self._out = self.body
        self._count = 0
        self._dead = False
        self._ends = _matching_ends(code)
        self._depths = _exit_depths(code)

    def run(self, register: Symbol) -> None:
        """Translate the code on what its register holds at first; the statements are in `body`."""
        self._register = register
        self._range(0, len(self._code.steps))
        if not self._dead:
            self._return(self._register)

    # ---- emitting ------------------------------------------------------------------------------------------------

    def _name(self, kind: str = "t") -> str:
        self._count += 1
        return f"{kind}{self._count}"

    def _assign(
        self, text: str, type_: Type, *, fails: bool = False, held: Iterable[str] = (), fresh: bool = False
    ) -> Atom:
        name = self._name()
        self.summary.python_errors |= fails
        self._out.append(Assign(name, text, fails))
        return Atom(name, type_, NOWHERE, frozenset(held) if type_.is_mutable else NOWHERE, fresh)

    def _atom(self, symbol: Symbol) -> Atom:
        """The symbol as an expression that may be written more than once."""
        if isinstance(symbol, Atom):
            return symbol
        return self._assign(self._text(symbol), symbol.type, held=roots(symbol), fresh=is_fresh(symbol))

    def _text(self, symbol: Symbol) -> str:
        if isinstance(symbol, Distributed):
            return self._text(self._spelled_out(symbol))
        return text_of(symbol)

    def _spelled_out(self, symbol: Distributed) -> Symbol:
        """A distributed record as the variant of records that it is, for whoever does something else than CASE."""
        variant = self._atom(symbol.record.parts[symbol.position])
        parts = [
            f"{variant.text}[1]" if at == symbol.position else self._text(part)
            for at, part in enumerate(symbol.record.parts)
        ]
        made = f"({', '.join(parts)},)"
        return self._assign(f"({variant.text}[0], {made})", symbol.type, held=roots(symbol))

    def _owned(self, symbol: Symbol) -> str:
        """The text of a value that is about to be stored or returned: a borrow is copied."""
        if is_fresh(symbol) and not self._is_around(symbol):
            return self._text(symbol)
        return self._copied(symbol)

    def _copied(self, symbol: Symbol) -> str:
        return f"{self._constants.name(copier(symbol.type), ('copier', symbol.type))}({self._text(symbol)})"

    def _is_around(self, symbol: Symbol) -> bool:
        """Whether the stack still holds the containers of a fresh symbol, so that moving them would share them."""
        if not symbol.type.is_mutable:
            return False
        names = _names(symbol)
        return any(names & _names(other) for other in self._stack)

    def _charge(self, text: str) -> None:
        self.summary.fuel = True
        self._out.append(Line(f"fuel -= {text}"))
        self._out.append(Line("if fuel < 0: out_of_fuel(fuel)", fails=True))

    def _return(self, symbol: Symbol) -> None:
        text = "None" if self._names_results and symbol.type is UNIT else self._owned(symbol)
        # A field that is assigned at the very end goes straight to where it is written back.
        last: dict[str, str] = {}
        while self._out and isinstance(line := self._out[-1], Line) and (found := _FIELD.fullmatch(line.text)):
            if found[1] in text or found[1] in last:
                break
            last[found[1]] = found[2]
            self._out.pop()
        self._out.append(Return(text, last))
        self._dead = True

    # ---- structure -----------------------------------------------------------------------------------------------

    def _range(self, start: int, end: int) -> None:
        at = start
        while at < end and not self._dead:
            opcode = self._code.opcodes[at]
            if opcode in OPENERS:
                close = self._ends[at][-1]
                _CONSTRUCTS[opcode](self, at, close)
                at = close + 1
            else:
                self._instruction(at)
                at += 1

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

    def _arrive(self, body: Body, result: str | None) -> tuple[frozenset[str], bool]:
        """Put what an arm leads to into the variable of the join; what it borrows, and whether it is fresh."""
        if result is None:
            return NOWHERE, True
        body.append(Line(f"{result} = {self._text_into(body, self._register)}"))
        return roots(self._register), is_fresh(self._register)

    def _text_into(self, body: Body, symbol: Symbol) -> str:
        outer, self._out = self._out, body
        text = self._text(symbol)
        self._out = outer
        return text

    def _joined(self, at: int, result: str | None, arrived: list[tuple[frozenset[str], bool]]) -> None:
        type_ = self._code.registers[at]
        if not arrived:
            self._dead = True
        elif result is None:
            self._register = UNIT_ATOM
        else:
            held = NOWHERE.union(*(borrowed for borrowed, _ in arrived)) if type_.is_mutable else NOWHERE
            self._register = Atom(result, type_, NOWHERE, held, all(fresh for _, fresh in arrived))

    def _if(self, at: int, end: int) -> None:
        condition = self._atom(self._register)
        self._register = self._stack.pop()
        self._protect_from(at, end)
        entered = self._register
        otherwise = self._ends[at][0]
        result = self._join(end)
        arms: list[tuple[str | None, Body]] = [(condition.text, []), (None, [])]
        arrived = []
        for (_, body), first, last in ((arms[0], at + 1, otherwise), (arms[1], otherwise + 1, end)):
            if self._inside(body, first, last, entered):
                arrived.append(self._arrive(body, result))
        self._out.append(Branch(arms))
        self._joined(end, result, arrived)

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
        result = self._join(end)
        arms: list[tuple[str | None, Body]] = []
        arrived = []
        for test, payload, first, last in zip(tests, payloads, starts, stops, strict=True):
            body: Body = []
            if self._inside(body, first, last, rebuilt(payload)):
                arrived.append(self._arrive(body, result))
            arms.append((test, body))
        if len(arms) == 1:
            self._out.extend(arms[0][1])
        else:
            self._out.append(Branch([*arms[:-1], (None, arms[-1][1])]))
        self._joined(end, result, arrived)

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
        is_tail = not self._loops and all(step[0] == END_LOCALS for step in self._code.steps[end + 1 :])
        if is_tail:
            self._blocks.append(_Block("", 0, "", is_tail=True))
            self._range(at + 1, end)
            self._blocks.pop()
            return
        self._protect_from(at, end)
        type_ = self._code.registers[end]
        block = _Block(self._name("r"), len(self._loops), self._name("x"), is_tail=False)
        self._blocks.append(block)
        self._loops.append(block)
        body: Body = []
        position = len(self._out)
        if self._inside(body, at + 1, end, self._register):
            self._leave_with(body, block)
        self._loops.pop()
        self._blocks.pop()
        if block.flagged:
            self._out.insert(position, Line(f"{block.flag} = False"))
        self._out.append(Loop(BLOCK_HEAD, body))
        self._after_loop()
        if type_ is NEVER:
            self._dead = True
        else:
            self._register = UNIT_ATOM if type_ is UNIT else Atom(block.result, type_, fresh=True)

    def _leave_with(self, body: Body, block: _Block) -> None:
        outer, self._out = self._out, body
        if self._register.type is not UNIT:
            self._out.append(Line(f"{block.result} = {self._owned(self._register)}"))
        self._out.append(Line("break"))
        self._out = outer

    def _exit(self, depth: int) -> None:
        block = self._blocks[-1 - depth]
        if block.is_tail:
            self._return(self._register)
            return
        if len(self._loops) - 1 > block.loops:
            block.flagged = True
            if self._register.type is not UNIT:
                self._out.append(Line(f"{block.result} = {self._owned(self._register)}"))
            self._out.append(Line(f"{block.flag} = True"))
            self._out.append(Line("break"))
        else:
            self._leave_with(self._out, block)
        self._dead = True

    def _after_loop(self) -> None:
        """Behind a Python loop: leave the next one too, where an exit is on its way to a block further out."""
        for block in self._blocks:
            if block.flagged and len(self._loops) > block.loops:
                self._out.append(Line(f"if {block.flag}: break"))

    def _each(self, at: int, end: int) -> None:
        self._loop(at, end, None)

    def _map(self, at: int, end: int) -> None:
        self._loop(at, end, self._name("r"))

    def _while(self, at: int, end: int) -> None:
        self._protect_from(at, end)
        environment = self._register
        cost = self._code.steps[at][1]
        do = self._ends[at][0]
        body: Body = []
        self._loops.append(None)
        outer, self._out = self._out, body
        self._charge(str(cost))
        self._out = outer
        if self._inside(body, at + 1, do, environment):
            condition = self._text_into(body, self._register)
            body.append(Branch([(f"not ({condition})", [Line("break")])]))
            self._inside(body, do + 1, end, environment)
        self._loops.pop()
        self._out.append(Loop(FOREVER_HEAD, body))
        self._after_loop()
        self._register = UNIT_ATOM

    def _loop(self, at: int, end: int, result: str | None) -> None:
        environment, items = self._pair(self._register)
        cost = self._code.steps[at][1][1]
        if isinstance(items, Lazy) and items.kind == "range":
            source = self._assign("range({}, {}, {})".format(*(o.text for o in items.operands)), items.type)
            size = source
        elif isinstance(items, Lazy):
            size = items.operands[0]
            source = Atom(
                {"items": "{}.items()", "keys": "{}", "values": "{}.values()"}[items.kind].format(size.text), items.type
            )
        else:
            size = source = self._atom(items)
        keyed = isinstance(items.type, Map)
        rebound, mutated = self._written(at, end)
        self._charge(f"len({size.text}) * {cost}")
        borrowed = roots(items)
        if borrowed & mutated:
            source = self._assign(self._copied(items) if not isinstance(items, Lazy) else self._text(items), items.type)
            borrowed = NOWHERE
        if keyed:
            source = Atom(f"{source.text}.items()", items.type)
        self._stack.append(environment)
        self._protect(rebound, mutated)
        environment = self._stack.pop()
        head, element = self._element(items, source, borrowed)
        body: Body = []
        self._loops.append(None)
        if result is not None:
            self._out.append(Line(f"{result} = {'{}' if keyed else '[]'}"))
        if (
            self._inside(body, at + 1, end, Pack(tuple_of(environment.type, element.type), (environment, element)))
            and result is not None
        ):
            outer, self._out = self._out, body
            value = self._owned(self._register)
            if keyed:
                assert isinstance(element, Pack)
                self._out.append(Line(f"{result}[{text_of(element.parts[0])}] = {value}"))
            else:
                self._out.append(Line(f"{result}.append({value})"))
            self._out = outer
        self._loops.pop()
        self._out.append(Loop(head, body))
        self._after_loop()
        type_ = self._code.registers[end]
        self._register = UNIT_ATOM if result is None else Atom(result, type_, fresh=True)

    def _element(self, items: Symbol, source: Atom, borrowed: frozenset[str]) -> tuple[str, Symbol]:
        assert isinstance(items.type, List | Map)
        element = items.type.element if isinstance(items.type, List) else tuple_of(items.type.key, items.type.value)
        if isinstance(items.type, Map) or (isinstance(items, Lazy) and items.kind == "items"):
            assert isinstance(element, Record)
            names = [self._name("e"), self._name("e")]
            parts = tuple(
                Atom(name, child, NOWHERE, borrowed if child.is_mutable else NOWHERE)
                for name, (_, child) in zip(names, element.fields, strict=True)
            )
            return f"for {names[0]}, {names[1]} in {source.text}", Pack(element, parts)
        name = self._name("e")
        return f"for {name} in {source.text}", Atom(name, element, NOWHERE, borrowed if element.is_mutable else NOWHERE)

    def _locals(self, at: int, end: int) -> None:
        slots = len(self._slots)
        for type_ in self._code.steps[at][1].types:
            name = self._name("v")
            self._out.append(Line(f"{name} = {self._zero(type_)}"))
            self._slots.append((name, type_))
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

    # ---- what a write could reach ----------------------------------------------------------------------------------

    def _root(self, place: ResolvedPlace) -> tuple[str, Type, tuple[int | None, ...]]:
        """The variable that a place is in, its type, and the way on from there."""
        if place.slot != STATE_SLOT:
            name, type_ = self._slots[place.slot - 1]
            return name, type_, place.path
        if isinstance(self._state, Record):
            position = place.path[0]
            assert position is not None
            return f"f{position}", self._fields[position], place.path[1:]
        assert self._state is not None
        return "f0", self._state, place.path

    def _is_whole_state(self, place: ResolvedPlace) -> bool:
        return place.slot == STATE_SLOT and not place.path and isinstance(self._state, Record)

    def _touch(self, variable: str, into: set[int]) -> None:
        if variable.startswith("f"):
            into.add(int(variable[1:]))

    def _written(self, start: int, end: int) -> tuple[frozenset[str], frozenset[str]]:
        """The variables that code assigns anew, and those whose containers it changes, as far as they exist already."""
        rebound: set[str] = set()
        mutated: set[str] = set()
        for at in range(start, end):
            opcode, place = self._code.opcodes[at], self._code.steps[at][1]
            if opcode == Op.CALL:
                called = self._functions[place]
                rebound |= {f"f{field}" for field in called.rebinds}
                mutated |= {f"f{field}" for field in called.mutates}
            elif opcode in _WRITES and place.slot <= len(self._slots):
                if self._is_whole_state(place):
                    rebound |= {f"f{field}" for field in range(len(self._fields))}
                    continue
                variable, _, path = self._root(place)
                (rebound if opcode == Op.PUT and None not in path else mutated).add(variable)
        return frozenset(rebound), frozenset(mutated)

    def _protect_from(self, start: int, end: int) -> None:
        """Before a construct: nothing that is still around may be changed by a write in it."""
        self._stack.append(self._register)
        self._protect(*self._written(start, end))
        self._register = self._stack.pop()

    def _protect(self, rebound: frozenset[str], mutated: frozenset[str]) -> None:
        """Keep what the stack holds of variables that are about to be written."""
        if not rebound and not mutated:
            return
        kept: dict[int, Symbol] = {}
        for index, symbol in enumerate(self._stack):
            if id(symbol) not in kept:
                kept[id(symbol)] = self._kept(symbol, rebound, mutated)
            self._stack[index] = kept[id(symbol)]

    def _kept(self, symbol: Symbol, rebound: frozenset[str], mutated: frozenset[str]) -> Symbol:
        if not (mentions(symbol) & (rebound | mutated) or roots(symbol) & mutated):
            return symbol
        match symbol:
            case Pack(type_, parts):
                return Pack(type_, tuple(self._kept(part, rebound, mutated) for part in parts))
            case Tagged(type_, label, name, payload):
                return Tagged(type_, label, name, self._kept(payload, rebound, mutated))
            case Distributed(type_, record, position):
                kept = self._kept(record, rebound, mutated)
                assert isinstance(kept, Pack)
                return Distributed(type_, kept, position)
            case _ if roots(symbol) & mutated and symbol.type.is_mutable and not isinstance(symbol, Lazy):
                return self._assign(self._copied(symbol), symbol.type)
            case _ if isinstance(symbol, Atom) and not mentions(symbol) & rebound:
                return symbol
            case _:
                text = (
                    self._copied(symbol) if roots(symbol) & mutated and symbol.type.is_mutable else self._text(symbol)
                )
                return self._assign(text, symbol.type, held=roots(symbol))

    # ---- instructions ----------------------------------------------------------------------------------------------

    def _instruction(self, at: int) -> None:
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
            self._register = Atom(repr(value), type_)
        elif value == [] or value == {}:
            self._register = Atom(repr(value), type_, fresh=True)
        elif type_ is UNIT:
            self._register = UNIT_ATOM
        else:
            self._register = Atom(self._constants.name(value), type_)

    def _inject(self, at: int, label: str) -> None:
        type_ = self._code.registers[at]
        assert isinstance(type_, Variant)
        self._register = Tagged(type_, label, self._constants.label(label), self._register)

    def _distribute(self, at: int, position: int) -> None:
        type_ = self._code.registers[at]
        assert isinstance(type_, Variant)
        record = self._register
        if not isinstance(record, Pack):
            whole = record.type
            assert isinstance(whole, Record)
            record = Pack(whole, tuple(self._part(record, index) for index in range(len(whole.fields))))
        self._register = Distributed(type_, record, position)

    def _get(self, _at: int, place: ResolvedPlace) -> None:
        keys = self._operands(len(place.keys))
        if self._is_whole_state(place):
            self.summary.reads |= set(range(len(self._fields)))
            parts = tuple(self._variable(f"f{index}", child) for index, child in enumerate(self._fields))
            assert isinstance(place.type, Record)
            self._register = Pack(place.type, parts) if parts else UNIT_ATOM
            return
        variable, root, path = self._root(place)
        self._touch(variable, self.summary.reads)
        text, fails, type_ = self._way(variable, root, path, keys)
        held = frozenset({variable}) if type_.is_mutable else NOWHERE
        if fails:
            self._register = self._assign(text, type_, fails=True, held=held)
        else:
            self._register = Atom(text, type_, frozenset({variable}), held)

    def _put(self, _at: int, place: ResolvedPlace) -> None:
        value, *keys = self._operands(len(place.keys) + 1)
        self._register = UNIT_ATOM
        if self._is_whole_state(place):
            self._put_state(value)
            return
        variable, root, path = self._root(place)
        self._touch(variable, self.summary.reads)
        if None not in path:
            self._protect(frozenset({variable}), NOWHERE)
            self._touch(variable, self.summary.rebinds)
            text = self._rebuilt(variable, root, path, value)
            self._out.append(Line(f"{variable} = {text}"))
            return
        container, inner, key, rest = self._container(variable, root, path, keys)
        # The value first becomes text, since what it is read from may be what changes.
        stored = self._stored(container, inner, key, rest, value)
        self._protect(NOWHERE, frozenset({variable}))
        self._touch(variable, self.summary.mutates)
        self.summary.undo = True
        old = f"{container}.get({key}, GONE)" if isinstance(inner, Map) else f"{container}[{key}]"
        self._out.append(Write(f"{container}[{key}] = {stored}", f"(SET, {container}, {key}, {old})"))

    def _stored(self, container: str, inner: Type, key: str, rest: tuple[int | None, ...], value: Symbol) -> str:
        if rest or isinstance(inner, List):
            element = inner.element if isinstance(inner, List) else inner.value  # type: ignore[union-attr]  # a map
            old = self._assign(f"{container}[{key}]", element, fails=True)
            return self._rebuilt(old.text, element, rest, value)
        return self._owned(value)

    def _put_state(self, value: Symbol) -> None:
        every = frozenset(f"f{index}" for index in range(len(self._fields)))
        self.summary.reads |= set(range(len(self._fields)))
        self.summary.rebinds |= set(range(len(self._fields)))
        texts = [self._owned(self._part(value, index)) for index in range(len(self._fields))]
        self._protect(every, NOWHERE)
        if texts:
            self._out.append(Line(f"{', '.join(sorted(every, key=lambda name: int(name[1:])))} = {', '.join(texts)}"))

    def _delete(self, _at: int, place: ResolvedPlace) -> None:
        keys = self._operands(len(place.keys))
        self._register = UNIT_ATOM
        variable, root, path = self._root(place)
        self._touch(variable, self.summary.reads)
        container, inner, key, _ = self._container(variable, root, path, keys)
        self._protect(NOWHERE, frozenset({variable}))
        self._touch(variable, self.summary.mutates)
        self.summary.undo = True
        if isinstance(inner, Map):
            self.summary.python_errors = True
            self._out.append(Line(f"{container}[{key}]", fails=True))
            # Putting the key back would move it to the end of the map, and order is part of the value.
            self._out.append(Write(f"del {container}[{key}]", f"(RESTORE, {container}, None, {container}.copy())"))
        else:
            old = self._assign(f"{container}[{key}]", place.type, fails=True)
            self._out.append(
                Write(f"del {container}[{key}]", f"(INSERT, {container}, {key} % len({container}), {old.text})")
            )

    def _append(self, _at: int, place: ResolvedPlace) -> None:
        value, *keys = self._operands(len(place.keys) + 1)
        self._register = UNIT_ATOM
        variable, root, path = self._root(place)
        self._touch(variable, self.summary.reads)
        container, fails, _ = self._way(variable, root, path, keys)
        if fails:
            container = self._assign(container, place.type, fails=True).text
        stored = self._owned(value)
        if not stored.isidentifier():
            stored = self._assign(stored, value.type, fails=False, fresh=True).text
        self._protect(NOWHERE, frozenset({variable}))
        self._touch(variable, self.summary.mutates)
        self.summary.undo = True
        self._out.append(Write(f"{container}.append({stored})", f"(POP, {container}, None, None)"))

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
            texts = [self._text(argument)]
        else:
            texts = [self._text(self._part(argument, position)) for position in range(called.spread)]
        self._protect(rebound, mutated)
        for summary, own in (
            (called.reads, self.summary.reads),
            (called.rebinds, self.summary.rebinds),
            (called.mutates, self.summary.mutates),
        ):
            own |= summary
        self.summary.fuel |= called.fuel
        self.summary.undo |= called.undo
        self.summary.passes_undo |= called.undo
        self.summary.python_errors |= called.python_errors
        texts += [f"f{field}" for field in sorted(called.reads)]
        texts += ["u"] * called.undo + ["fuel"] * called.fuel
        result = self._name()
        targets = [result, *(f"f{field}" for field in sorted(called.rebinds)), *["fuel"] * called.fuel]
        self._out.append(Line(f"{', '.join(targets)} = {called.name}({', '.join(texts)})", fails=True))
        type_ = self._code.registers[at]
        if type_ is NEVER:
            self._dead = True
        else:
            self._register = UNIT_ATOM if type_ is UNIT else Atom(result, type_, fresh=True)

    def _refuse(self, _at: int, name: str) -> None:
        payload = self._owned(self._register)
        self._out.append(Line(f"raise Refused({self._constants.label(name)}, {payload})", fails=True))
        self._dead = True

    def _trap(self, _at: int, kind: type[Exception]) -> None:
        self._out.append(Line(f"raise {self._constants.name(kind, kind)}({self._text(self._register)})", fails=True))
        self._dead = True

    def _exit_rule(self, at: int, _argument: Any) -> None:
        self._exit(self._depths[at])

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
            held = NOWHERE.union(*map(roots, parts))
            self._register = self._assign(
                f"[{', '.join(map(self._text, parts))}]", type_, held=held, fresh=all(map(is_fresh, parts))
            )
            return
        atoms = [self._named(operand) for operand in operands]
        if sized:
            self._charge(row.size_text(atoms))
        if row.lazy:
            if name == "range" and not atoms[2].text.lstrip("-").isdigit():
                self._out.append(
                    Line(
                        f"if {atoms[2].text} == 0: raise BadValue({self._constants.label(operations.ZERO_STEP)})",
                        fails=True,
                    )
                )
            elif name == "range" and int(atoms[2].text) == 0:
                self._out.append(Line(f"raise BadValue({self._constants.label(operations.ZERO_STEP)})", fails=True))
                self._dead = True
            self._register = Lazy(type_, row.lazy, tuple(atoms))
            return
        if name == "cap":
            self._cap(atoms[0])
            self._register = Atom(atoms[0].text, type_, atoms[0].mentions)
            return
        held = NOWHERE.union(*(atom.roots for atom in atoms)) if type_.is_mutable else NOWHERE
        result = self._assign(
            row.text.format(*(atom.text for atom in atoms)),
            type_,
            fails=row.fails,
            held=held,
            fresh=row.makes_new and not held,
        )
        if row.capped:
            self._cap(result)
        if name in ("add", "subtract"):
            self._grows[result.text] = _growth(name, atoms)
        self._register = result

    def _cap(self, atom: Atom) -> None:
        """Check an integer for its size: first whether it is small, on the sides where it can have grown."""
        bound = {"up": "{0} > {1}", "down": "{0} < -{1}", "": "{0} > {1} or {0} < -{1}"}[self._grows.get(atom.text, "")]
        self._out.append(Line(f"if {bound.format(atom.text, SMALL)}: capped({atom.text})", fails=True))

    # ---- parts of instructions ---------------------------------------------------------------------------------------

    def _operands(self, count: int) -> list[Symbol]:
        if count == 0:
            return []
        kept = len(self._stack) - count + 1
        operands = [*self._stack[kept:], self._register]
        del self._stack[kept:]
        return operands

    def _variable(self, name: str, type_: Type) -> Atom:
        return Atom(name, type_, frozenset({name}), frozenset({name}) if type_.is_mutable else NOWHERE)

    def _named(self, symbol: Symbol) -> Atom:
        """The symbol as a name or a constant, for expressions that use it more than once."""
        atom = self._atom(symbol)
        if atom.text.isidentifier() or atom.text.lstrip("-").isdigit():
            return atom
        return self._assign(atom.text, atom.type, held=atom.roots, fresh=atom.fresh)

    def _part(self, symbol: Symbol, position: int) -> Symbol:
        if isinstance(symbol, Pack):
            return symbol.parts[position]
        whole = self._atom(symbol)
        assert isinstance(whole.type, Record)
        child = whole.type.fields[position][1]
        if child is UNIT:
            return UNIT_ATOM
        held = whole.roots if child.is_mutable else NOWHERE
        return Atom(f"{whole.text}[{position}]", child, whole.mentions, held, whole.fresh and False)

    def _pair(self, symbol: Symbol) -> tuple[Symbol, Symbol]:
        return self._part(symbol, 0), self._part(symbol, 1)

    def _way(self, text: str, type_: Type, path: tuple[int | None, ...], keys: list[Symbol]) -> tuple[str, bool, Type]:
        """The expression of what a path leads to, whether it may fail, and its type."""
        waiting = iter(keys)
        fails = False
        for step in path:
            if step is None:
                text, fails = f"{text}[{self._text(next(waiting))}]", True
                type_ = type_.element if isinstance(type_, List) else type_.value  # type: ignore[union-attr]  # a map
            else:
                assert isinstance(type_, Record)
                text, type_ = f"{text}[{step}]", type_.fields[step][1]
        return text, fails, type_

    def _container(
        self, variable: str, root: Type, path: tuple[int | None, ...], keys: list[Symbol]
    ) -> tuple[str, Type, str, tuple[int | None, ...]]:
        """The last container on a path, its type, the key into it, and the fixed way on from there."""
        last = len(path) - 1 - path[::-1].index(None)
        *before, key = keys
        text, fails, type_ = self._way(variable, root, path[:last], before)
        if fails:
            text = self._assign(text, type_, fails=True).text
        return text, type_, self._named(key).text, path[last + 1 :]

    def _rebuilt(self, text: str, type_: Type, path: tuple[int | None, ...], value: Symbol) -> str:
        """The expression of a record with a value at a path of fields."""
        if not path:
            return self._owned(value)
        assert isinstance(type_, Record)
        assert path[0] is not None
        parts = [
            self._rebuilt(f"{text}[{index}]", child, path[1:], value) if index == path[0] else f"{text}[{index}]"
            for index, (_, child) in enumerate(type_.fields)
        ]
        return f"({', '.join(parts)},)"


def _growth(name: str, operands: list[Atom]) -> str:
    """Which way a sum or a difference with a small constant can leave the bounds; "" where it can either way."""
    left, right = operands
    if left.type is INT and right.text.isdigit():
        return "up" if name == "add" else "down"
    if name == "add" and right.type is INT and left.text.isdigit():
        return "up"
    return ""


def _names(symbol: Symbol) -> frozenset[str]:
    """The names of the containers that a symbol stands for."""
    match symbol:
        case Atom():
            return frozenset({symbol.text}) if symbol.type.is_mutable else NOWHERE
        case Pack():
            return NOWHERE.union(*map(_names, symbol.parts))
        case Tagged():
            return _names(symbol.payload)
        case Distributed():
            return _names(symbol.record)
        case Lazy():
            return NOWHERE.union(*map(_names, symbol.operands))


def _matching_ends(code: VerifiedCode) -> dict[int, list[int]]:
    """For each construct the positions of its ELSE or its ARMs, and then of its END."""
    ends: dict[int, list[int]] = {}
    open_: list[int] = []
    for at, opcode in enumerate(code.opcodes):
        if opcode in OPENERS:
            open_.append(at)
            ends[at] = []
        elif opcode in (Op.ELSE, Op.ARM, Op.DO):
            ends[open_[-1]].append(at)
        elif opcode == Op.END:
            ends[open_.pop()].append(at)
    return ends


def _exit_depths(code: VerifiedCode) -> dict[int, int]:
    """For each EXIT how many blocks are between it and the one that it leaves."""
    depths: dict[int, int] = {}
    open_: list[int] = []
    ends = _matching_ends(code)
    for at, opcode in enumerate(code.opcodes):
        if opcode in OPENERS:
            open_.append(at)
        elif opcode == Op.END:
            open_.pop()
        elif opcode == Op.EXIT:
            blocks = [ends[opener][-1] + 1 for opener in open_ if code.opcodes[opener] == Op.BLOCK]
            depths[at] = blocks[::-1].index(code.steps[at][1].target)
    return depths


_WRITES: Final = frozenset({Op.PUT, Op.DELETE, Op.APPEND})

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
}
