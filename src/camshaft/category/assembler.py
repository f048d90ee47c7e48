"""Terms to bytecode. Each constructor becomes the same few instructions wherever it stands; types are not needed.

    Fork(f, g)              PUSH f SWAP g CONS
    Fork(f, g) >> last      PUSH f POP g               the others run for their effects only
    Fork(f, g) >> operation PUSH f SWAP g operation    CONS and UNPACK would cancel each other

Operands of an operation travel on the stack, the last one in the register.

The lines of the source become a note: for each code a list of [instruction, line], meaning "from this one on". An
instruction without a line of its own has that of the one before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final, assert_never

from camshaft.bytecode.instructions import Op
from camshaft.bytecode.line_map import LINES_NOTE
from camshaft.bytecode.occasion import QUESTIONS
from camshaft.bytecode.pools import Pool, constant_key
from camshaft.bytecode.primitives import PRIMITIVES
from camshaft.bytecode.program import (
    INITIAL_CODE,
    Code,
    ConstantValue,
    Function,
    Method,
    MethodKind,
    Parameter,
    Pools,
    Program,
    Refusal,
    function_code,
    method_code,
)
from camshaft.category import terms as t
from camshaft.category.source_lines import SourceLines
from camshaft.category.terms import Term
from camshaft.category.typing import Context, Signature
from camshaft.values.types import UNIT, Record, Type


@dataclass(frozen=True, slots=True)
class FunctionSource:
    """A function as a term from its domain to its codomain. `line`: where it is defined, 0 where in no file."""

    name: str
    domain: Type
    codomain: Type
    body: Term
    line: int = 0


@dataclass(frozen=True, slots=True)
class MethodSource:
    """A method as a term from the record of its parameters to its result. `line`: as a function's."""

    name: str
    parameters: tuple[Parameter, ...]
    result: Type
    body: Term
    line: int = 0


@dataclass(frozen=True, slots=True)
class ProgramSource:
    """A machine as terms. Functions stand in an order in which each calls only those before it.

    `lines` has the lines of the operations in them, `line` is that of the machine itself.
    """

    name: str
    state: Type
    initial: Term
    functions: tuple[FunctionSource, ...] = ()
    methods: tuple[MethodSource, ...] = ()
    notes: dict[str, Any] = field(default_factory=dict)
    lines: SourceLines = field(default_factory=SourceLines, compare=False)
    line: int = 0
    invariants: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    """The names of the methods that are true of each state."""


def assemble(source: ProgramSource) -> Program:
    """The program of a machine's terms; what each method may do is inferred from its term.

    Raises:
        TypeMismatch: a term is ill-typed or does not have the declared type.
    """
    assembler = Assembler({function.name: index for index, function in enumerate(source.functions)}, source.lines)
    signatures: dict[str, Signature] = {}
    functions = []
    for function in source.functions:
        context = Context((source.state,), dict(signatures))
        effects = context.expect(function.body, function.domain, function.codomain, f"function {function.name}")
        code = assembler.code(function.body, function_code(function.name), function.line)
        functions.append(Function(function.name, function.domain, function.codomain, code))
        signatures[function.name] = Signature(function.domain, function.codomain, effects)
    methods = []
    for method in source.methods:
        domain = Record((parameter.name, parameter.type) for parameter in method.parameters)
        context = Context((source.state,), signatures)
        effects = context.expect(method.body, domain, method.result, f"method {method.name}")
        methods.append(
            Method(
                method.name,
                MethodKind.QUERY if effects.is_query else MethodKind.COMMAND,
                method.parameters,
                method.result,
                tuple(sorted(effects.refuses)),
                assembler.code(method.body, method_code(method.name), method.line),
            )
        )
    Context((UNIT,), signatures).expect(source.initial, UNIT, source.state, "the initial state")
    return Program(
        name=source.name,
        state=source.state,
        initial=assembler.code(source.initial, INITIAL_CODE, source.line),
        functions=tuple(functions),
        methods=tuple(methods),
        pools=assembler.pools(),
        notes={**source.notes, LINES_NOTE: assembler.lines} if assembler.lines else source.notes,
        invariants=tuple(sorted(source.invariants)),
        hidden=tuple(sorted(source.hidden)),
    )


class Assembler:
    """Turns terms into code whose operands index pools that all the code of one program shares."""

    def __init__(self, functions: dict[str, int], lines: SourceLines) -> None:
        self._functions = functions
        self._source_lines = lines
        self.lines: dict[str, list[list[int]]] = {}
        """The lines of the codes assembled so far, by the names of the codes, as the note has them."""
        self._types: Pool[Type] = Pool()
        self._labels: Pool[str] = Pool()
        self._shapes: Pool[tuple[str, ...]] = Pool()
        self._constants: Pool[ConstantValue] = Pool(constant_key)
        self._places: Pool[Any] = Pool()
        self._refusals: Pool[Refusal] = Pool()

    def pools(self) -> Pools:
        """The pools that the code assembled so far refers to."""
        return Pools(
            tuple(self._types.items),
            tuple(self._labels.items),
            tuple(self._shapes.items),
            tuple(self._constants.items),
            tuple(self._places.items),
            tuple(self._refusals.items),
        )

    def code(self, term: Term, name: str, line: int = 0) -> Code:
        """The code of one closed term: what it is of, and the line where that begins."""
        emitter = _Emitter(self._shapes, line)
        self._term(term, emitter, ())
        changes = emitter.line_changes()
        if changes:
            self.lines[name] = changes
        return emitter.code()

    def _term(self, term: Term, out: _Emitter, blocks: tuple[str, ...]) -> None:  # noqa: C901 - a branch a constructor
        line = self._source_lines.line_of(term)
        out.line = line or out.line
        match term:
            case t.Identity():
                pass
            case t.Compose(parts):
                self._compose(parts, out, blocks)
            case t.Fork(parts):
                self._fork(parts, out, blocks)
            case t.Project(label):
                out.emit(Op.FIELD, self._labels.index(label))
            case t.Inject(variant, label):
                out.emit(Op.INJECT, self._types.index(variant), self._labels.index(label))
            case t.Case(branches):
                out.emit(Op.CASE)
                for label, branch in branches:
                    out.emit(Op.ARM, self._labels.index(label))
                    self._term(branch, out, blocks)
                out.emit(Op.END)
            case t.Distribute(label):
                out.emit(Op.DISTRIBUTE, self._labels.index(label))
            case t.If(condition, then, otherwise):
                out.emit(Op.PUSH)
                self._term(condition, out, blocks)
                out.emit(Op.IF)
                self._term(then, out, blocks)
                out.emit(Op.ELSE)
                self._term(otherwise, out, blocks)
                out.emit(Op.END)
            case t.Constant(type_, value):
                out.emit(Op.CONST, self._constants.index(ConstantValue(type_, value)))
            case t.Primitive(name):
                primitive = PRIMITIVES[name]
                out.operate(primitive.arity, primitive.opcode)
            case t.Call(function):
                out.emit(Op.CALL, self._functions[function])
            case t.Ask(name):
                question = QUESTIONS[name]
                out.operate(len(question.operands), question.opcode)
            case t.Get(place):
                out.operate(place.key_count, Op.GET, self._places.index(place))
            case t.Put(place):
                out.operate(place.key_count + 1, Op.PUT, self._places.index(place))
            case t.Delete(place):
                out.operate(place.key_count, Op.DELETE, self._places.index(place))
            case t.Append(place):
                out.operate(place.key_count + 1, Op.APPEND, self._places.index(place))
            case t.Locals(slots, body):
                out.emit(Op.LOCALS, self._types.index(slots))
                self._term(body, out, blocks)
                out.emit(Op.END)
            case t.Block(label, body):
                out.emit(Op.BLOCK)
                self._term(body, out, (*blocks, label))
                out.emit(Op.END)
            case t.Exit(label):
                out.emit(Op.EXIT, blocks[::-1].index(label))
            case t.Each(body):
                out.emit(Op.EACH)
                self._term(body, out, blocks)
                out.emit_at(line, Op.END)
            case t.MapEach(body):
                out.emit(Op.MAP)
                self._term(body, out, blocks)
                out.emit_at(line, Op.END)
            case t.While(condition, body):
                out.emit(Op.WHILE)
                self._term(condition, out, blocks)
                out.emit(Op.DO)
                self._term(body, out, blocks)
                out.emit_at(line, Op.END)
            case t.Curry(parameter, body):
                out.emit(Op.CURRY, self._types.index(parameter))
                self._term(body, out, ())
                out.emit(Op.END)
            case t.Apply():
                out.operate(2, Op.APPLY)
            case t.Refuse(name, payload):
                out.emit(Op.REFUSE, self._refusals.index(Refusal(name, payload)))
            case t.Trap(kind):
                out.emit(Op.TRAP, self._labels.index(kind))
            case _:
                assert_never(term)

    def _compose(self, parts: tuple[Term, ...], out: _Emitter, blocks: tuple[str, ...]) -> None:
        at = 0
        while at < len(parts):
            part = parts[at]
            following = parts[at + 1] if at + 1 < len(parts) else None
            if isinstance(part, t.Fork) and part.parts and following == t.Project(part.parts[-1][0]):
                for _, each in part.parts[:-1]:
                    out.emit(Op.PUSH)
                    self._term(each, out, blocks)
                    out.emit(Op.POP)
                self._term(part.parts[-1][1], out, blocks)
                at += 2
            elif part == _FIRST:
                depth = 0
                while at + depth < len(parts) and parts[at + depth] == _FIRST:
                    depth += 1
                if at + depth < len(parts) and parts[at + depth] == _SECOND:
                    out.emit(Op.ACC, depth)
                    at += depth + 1
                else:
                    self._term(part, out, blocks)
                    at += 1
            else:
                self._term(part, out, blocks)
                at += 1

    def _fork(self, parts: tuple[tuple[str, Term], ...], out: _Emitter, blocks: tuple[str, ...]) -> None:
        if not parts:
            out.emit(Op.CONST, self._constants.index(ConstantValue(UNIT, ())))
            return
        for _, each in parts[:-1]:
            out.emit(Op.PUSH)
            self._term(each, out, blocks)
            out.emit(Op.SWAP)
        self._term(parts[-1][1], out, blocks)
        out.gather(tuple(label for label, _ in parts))


_FIRST: Final = t.Project("0")
_SECOND: Final = t.Project("1")


class _Emitter:
    """Code as it is written down, with the line of each instruction. `line` is that of the next one.

    The CONS of a record waits for what comes after it: an operation takes the parts as they are, and then the shape has
    no place in the pool.
    """

    def __init__(self, shapes: Pool[tuple[str, ...]], line: int) -> None:
        self._instructions: list[tuple[int, ...]] = []
        self._lines: list[int] = []
        self._shapes = shapes
        self._waiting: tuple[str, ...] = ()
        self._waiting_line = 0
        self.line = line

    def emit(self, *instruction: int) -> None:
        if self._waiting:
            self._make_what_waits()
        self._instructions.append(instruction)
        self._lines.append(self.line)

    def emit_at(self, line: int, *instruction: int) -> None:
        """Emit at a line; at that of the instruction before where it is 0."""
        self._make_what_waits()
        self.line = line or self.line
        self.emit(*instruction)

    def gather(self, labels: tuple[str, ...]) -> None:
        """Make a record of the operands that stand ready, unless an operation takes them next."""
        self._make_what_waits()
        self._waiting, self._waiting_line = labels, self.line

    def operate(self, arity: int, *instruction: int) -> None:
        """Emit an operation of so many operands: they are in a tuple in the register, unless still to be made."""
        if arity > 1:
            if len(self._waiting) == arity and all(label == str(at) for at, label in enumerate(self._waiting)):
                self._waiting = ()
            else:
                self.emit(Op.UNPACK, arity)
        self.emit(*instruction)

    def line_changes(self) -> list[list[int]]:
        """[instruction, line] where a line begins that is another than that of the instruction before."""
        self._make_what_waits()
        before = [0, *self._lines]
        return [[index, line] for index, line in enumerate(self._lines) if line != before[index]]

    def code(self) -> Code:
        self._make_what_waits()
        return tuple(map(int, chain.from_iterable(self._instructions)))

    def _make_what_waits(self) -> None:
        if self._waiting:
            labels, self._waiting = self._waiting, ()
            self._write(self._waiting_line, Op.CONS, self._shapes.index(labels))

    def _write(self, line: int, *instruction: int) -> None:
        self._instructions.append(instruction)
        self._lines.append(line)
