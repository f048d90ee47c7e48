"""The compiler from verified code to Python functions.

Each method becomes one Python function over a cell, an object with an attribute for each field of the state; each
function of the program becomes one over its arguments and the fields it uses. A step that fails takes back what it
changed in containers, and assigns the fields last, so that a cell is never seen half-changed.

Rule: generated source holds only generated names and small integers; everything else is passed by reference.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, ClassVar

from camshaft.bytecode.instructions import Op
from camshaft.bytecode.line_map import line_map
from camshaft.bytecode.occasion import Occasion
from camshaft.bytecode.verified import VerifiedCode
from camshaft.bytecode.verifier import Verified
from camshaft.errors import BadValue, Refused
from camshaft.execution import operations, support
from camshaft.execution.bounds import CAP, GENERAL, Assumptions, Bounds, Known, Slot, counted_slots
from camshaft.execution.compiled_method import CompiledMethod, Runner
from camshaft.execution.fields import with_fields, with_last_values
from camshaft.execution.interpreter import DEFAULT_FUEL, Interpreter
from camshaft.execution.line_table import with_lines
from camshaft.execution.ordinary import ORDINARY, NotOrdinary
from camshaft.execution.rewriting import only_charges, rewritten
from camshaft.execution.statements import NOT_KNOWN, Body, Writer, Written, text_of
from camshaft.execution.structure import sets_an_integer_in_a_loop
from camshaft.execution.symbolic_machine import Constants, Summary
from camshaft.execution.symbols import UNIT_ATOM, Atom, Pack, Symbol
from camshaft.execution.translator import Translator
from camshaft.execution.whereabouts import frame_name
from camshaft.values.check import weight
from camshaft.values.types import INT, NEVER, UNIT, Record, Type

MAX_SPREAD = 100
"""A record of more fields than this is passed as one argument."""


class Compiled:
    """One verified program as Python functions; the same calls as `Interpreter`, which it must agree with."""

    translator: ClassVar[type[Translator]] = Translator

    def __init__(
        self,
        verified: Verified,
        refuse: Callable[[str, Any], Exception] = Refused,
        file: str | None = None,
        function_files: Mapping[str, str] | None = None,
        assumed: Assumptions = GENERAL,
        *,
        at_once: bool = True,
    ) -> None:
        """`refuse` makes the exception of a refusal from its name and payload; `file` is where the author's source is.

        `function_files`: those of the functions that are written elsewhere, by their names in the program. Without a
        file, tracebacks name the machine only, as in `<camshaft counter>`. `assumed`: what is taken for granted of
        integers; methods raise `NotOrdinary` where it does not hold, and whoever calls them has to see to the rest.
        `at_once`: otherwise `advance` compiles, until it says that nothing is left, and before that nothing runs.
        """
        self._verified = verified
        self._assumed = assumed
        self._line_map = line_map(verified.program)
        self._file = frame_name(verified.program.name) if file is None else file
        self._function_files = function_files or {}
        self._interpreter = Interpreter(verified)
        state = verified.program.state
        self._state = state
        self._copy = support.copier(state)
        self._attributes = attributes(state)
        self._cell_type = _cell_type(len(self._attributes))
        self._constants = Constants()
        self.namespace = self._constants.namespace
        self.namespace.update(_SUPPORT, Refused=refuse)
        self.namespace.update(operations.namespace())
        self._summaries: list[Summary] = []
        self._interpreted: set[int] = set()
        self.function_sources: list[str] = []
        self.methods: dict[str, CompiledMethod] = {}
        """The methods that are Python functions: all but those that make or apply functions of their own."""
        self._runners: dict[str, Runner] = {name: partial(self._interpret, name) for name in verified.methods}
        self._rest = self._compile()
        while at_once and self.advance():
            pass

    def advance(self) -> bool:
        """Compile one function or method; whether there may be more."""
        return next(self._rest, False)

    def let_go(self) -> None:
        """Break up what holds itself: the functions, each of which holds the names that it may use and is one of them.

        Without that they would be left to the garbage collector. Nothing runs any more.
        """
        self._rest.close()
        self._runners.clear()
        self.namespace.clear()

    def _compile(self) -> Generator[bool, None, None]:
        verified = self._verified
        for index, (function, code) in enumerate(zip(verified.program.functions, verified.functions, strict=True)):
            if self._applies_functions(code):
                self._interpreted.add(index)
                self._summaries.append(Summary())
            else:
                self._function(index, function.domain, code)
            yield True
        for name, each in verified.methods.items():
            if not self._applies_functions(each.code):
                compiled = self.methods[name] = self._method(each.method.domain, each.code)
                self._runners[name] = compiled.runner()
            yield True

    def initial_state(self, fuel: int = DEFAULT_FUEL) -> Any:
        """The state of a new instance. It is computed once a program, so the interpreter does."""
        return self._interpreter.initial_state(fuel)

    def cell(self, state: Any) -> Any:
        """A cell that owns a copy of a state."""
        cell = self._cell_type()
        self.fill(cell, state)
        return cell

    def fill(self, cell: Any, state: Any) -> None:
        """Put a copy of a state into an object that has the attributes of a cell."""
        copied = self._copy(state)
        if isinstance(self._state, Record):
            for attribute, value in zip(self._attributes, copied, strict=True):
                setattr(cell, attribute, value)
        else:
            setattr(cell, self._attributes[0], copied)

    def state_of(self, cell: Any) -> Any:
        """The state in a cell. Its containers still belong to the cell: whoever keeps it copies."""
        if isinstance(self._state, Record):
            return tuple([getattr(cell, attribute) for attribute in self._attributes])
        return getattr(cell, self._attributes[0])

    def run(self, method: str, arguments: tuple[Any, ...], cell: Any, fuel: int = DEFAULT_FUEL) -> Any:
        """What a method gives; the cell holds the state after it, the same as before where it failed.

        Raises:
            Refused: the machine refused the input.
            Trap: an operation failed, or the fuel ran out.
        """
        return self._runners[method](arguments, cell, fuel)

    def runner(self, method: str) -> Runner:
        """`run` of one method, without looking for it each time."""
        return self._runners[method]

    def run_on(self, occasion: Occasion, method: str, arguments: tuple[Any, ...], cell: Any, fuel: int) -> Any:
        """`run` of any method, also of one that asks for its occasion: `run` itself spends no time on telling."""
        compiled = self.methods.get(method)
        if compiled is None:
            return self._interpret(method, arguments, cell, fuel, occasion)
        if not compiled.takes_occasion or compiled.cost > fuel:
            return self.run(method, arguments, cell, fuel)
        left = {"fuel": fuel - compiled.cost} if compiled.takes_fuel else {}
        result = compiled.function(cell, *arguments, **left, o=occasion)
        return () if compiled.returns_unit else result

    def step(
        self,
        method: str,
        arguments: tuple[Any, ...],
        state: Any,
        fuel: int = DEFAULT_FUEL,
        occasion: Occasion | None = None,
    ) -> tuple[Any, Any]:
        """`run`, or `run_on` an occasion, with a copy of a state: the result and the state after it."""
        cell = self.cell(state)
        if occasion is None:
            result = self.run(method, arguments, cell, fuel)
        else:
            result = self.run_on(occasion, method, arguments, cell, fuel)
        return result, self.state_of(cell)

    def _interpret(
        self, method: str, arguments: tuple[Any, ...], cell: Any, fuel: int, occasion: Occasion | None = None
    ) -> Any:
        result, after = self._interpreter.step(method, arguments, self.state_of(cell), fuel, occasion)
        # What the interpreter leaves may share containers, and may still be the cell's own: a cell owns its state.
        copied = support.copier(self._verified.methods[method].method.result)(result)
        self.fill(cell, after)
        return copied

    def _applies_functions(self, code: VerifiedCode) -> bool:
        """Whether code makes or applies functions, itself or in what it calls. That is for terms written by hand; no
        class compiles to it, so the interpreter runs it."""
        return any(
            opcode in (Op.CURRY, Op.APPLY) or (opcode == Op.CALL and argument in self._interpreted)
            for opcode, (_, argument) in _instructions(code)
        )

    # ---- code --------------------------------------------------------------------------------------------------------

    def _translate(self, domain: Type, code: VerifiedCode, *, method: bool) -> tuple[Translator, list[str]]:
        spread = _spread(domain) if not method else _spread_all(domain)
        register: Symbol
        if spread is None:
            parameters = ["p0"]
            register = _parameter("p0", domain)
        else:
            assert isinstance(domain, Record)
            parameters = [f"p{index}" for index in range(spread)]
            bounds = self._assumed.argument if method else None
            parts = tuple(
                _parameter(name, child, bounds if child is INT else None)
                for name, (_, child) in zip(parameters, domain.fields, strict=True)
            )
            register = Pack(domain, parts) if parts else UNIT_ATOM
        arguments = (code, self._state, self._constants, self._summaries)
        counted: dict[Slot, int] = {}
        if sets_an_integer_in_a_loop(code):
            # Which variables are mere counters is known only once all that they are set to was seen.
            known = Known(self._assumed, {})
            first = self.translator(*arguments, known, looks_for_counters=True, is_method=method)
            first.run(register)
            counted = counted_slots(first.puts, self._assumed)
        known = Known(self._assumed, counted)
        translator = self.translator(*arguments, known, looks_for_counters=False, is_method=method)
        translator.run(register)
        translator.summary.spread = spread
        return translator, parameters

    def _function(self, index: int, domain: Type, code: VerifiedCode) -> None:
        translator, parameters = self._translate(domain, code, method=False)
        summary = translator.summary
        summary.name = f"g{index}"
        parameters += [f"f{field}" for field in sorted(summary.reads)]
        parameters += ["u"] * summary.undo + ["o"] * summary.occasion + ["fuel"] * summary.fuel
        results = [*(f"f{field}" for field in sorted(summary.rebinds)), *["fuel"] * summary.fuel]
        # What runs after a call may fail: a function always records how to take its writes back.
        writer = Writer([], results, fails_after=True)
        head = _known_nowhere([f"def {summary.name}({', '.join(parameters)}):"])
        statements = self._rewritten(translator.body, code)
        with_last_values(statements)
        lines = (*head, *writer.lines(statements, 1))
        self.define(summary.name, lines, code)
        self.function_sources.append(text_of(lines))
        self._summaries.append(summary)

    def _method(self, domain: Type, code: VerifiedCode) -> CompiledMethod:
        translator, parameters = self._translate(domain, code, method=True)
        summary = translator.summary
        cell = [f"s.{attribute}" for attribute in self._attributes]
        stores = [(cell[field], f"f{field}") for field in sorted(summary.rebinds)]
        chains = not summary.passes_undo
        writer = Writer(stores, [], fails_after=False, chains=chains)
        statements = with_fields(self._rewritten(translator.body, code), cell)
        limits = sorted(only_charges(statements))
        body = list(writer.lines(statements, 2))
        takes_fuel = summary.fuel
        if takes_fuel:
            parameters.append(f"fuel={DEFAULT_FUEL - code.cost}")
        parameters += ["o=None"] * summary.occasion
        undoes = writer.records or summary.passes_undo
        rollback = "  rollback(chained(u))" if chains else "  rollback(reversed(u))"
        tail = []
        if summary.python_errors:
            tail += [" except ERRORS as error:", *[rollback] * undoes, "  raise as_trap(error) from None"]
        if undoes:
            # Any exception, an interrupt too, would leave a cell half-changed. It goes on its way.
            tail += [" except BaseException:", rollback, "  raise"]
        limited = [f" n{each} = fuel // {each}" for each in limits]
        tried = [*[" u = ()" if chains else " u = []"] * undoes, *[" try:"] * bool(tail)]
        head = [f"def m({', '.join(['s', *parameters])}):", *limited, *tried]
        if not tail:
            body = [(line[1:], at) for line, at in body]
        lines = (*_known_nowhere(head), *body, *_known_nowhere(tail))
        function = self.define("m", lines, code)
        returns_unit = code.codomain is UNIT or code.codomain is NEVER
        return CompiledMethod(
            function, lines, code, takes_fuel, summary.occasion, code.cost, returns_unit, tuple(limits)
        )

    def _rewritten(self, body: Body, code: VerifiedCode) -> Body:
        return rewritten(body, self._lines_of(code), self._constants.namespace)

    def _lines_of(self, code: VerifiedCode) -> Callable[[int], int]:
        """The function from an instruction of a code to its line of the author's file, 0 where that is not known."""
        return lambda at: self._line_map.line_of(code.name, at) or 0

    def define(
        self, name: str, lines: Sequence[Written], code: VerifiedCode, extra: dict[str, Any] | None = None
    ) -> Callable[..., Any]:
        """The function of a name that generated lines define; its own lines are those of the author's file.

        `extra`: what the lines refer to besides the program's own names.
        """
        namespace = self.namespace if extra is None else {**self.namespace, **extra}
        key = code.name.rpartition(" ")[2]
        file = self._function_files.get(key, self._file)
        exec(compile(text_of(lines), file, "exec"), namespace)  # noqa: S102 - verified code, generated names only
        function: types.FunctionType = namespace[name]
        # A traceback shows the author's name; the qualified one leads back to the code.
        own = self._line_map.home_of(code.name)[1]
        numbered = with_lines(function.__code__, author_lines(lines, self._lines_of(code)))
        function.__code__ = numbered.replace(co_name=own, co_qualname=key)
        return function


def _instructions(code: VerifiedCode) -> Iterable[tuple[int, tuple[int, Any]]]:
    """The opcodes of a code as they were written, and what each was resolved to."""
    return zip(code.opcodes, code.steps, strict=True)


def _known_nowhere(lines: Iterable[str]) -> list[Written]:
    return [(line, NOT_KNOWN) for line in lines]


def author_lines(lines: Sequence[Written], line_of: Callable[[int], int]) -> list[int]:
    """For each generated line the author's: the one before it where it has none, or at the head the first there is."""
    numbers = [line_of(at) if at != NOT_KNOWN else 0 for _, at in lines]
    known = next((number for number in numbers if number), 1)
    for index, number in enumerate(numbers):
        known = numbers[index] = number or known
    return numbers


_SUPPORT: dict[str, Any] = {
    "CAP": CAP,
    "GONE": support.GONE,
    "SET": support.SET,
    "POP": support.POP,
    "INSERT": support.INSERT,
    "RESTORE": support.RESTORE,
    "ERRORS": (KeyError, IndexError, ZeroDivisionError),
    "BadValue": BadValue,
    "NotOrdinary": NotOrdinary,
    "ORDINARY": ORDINARY,
    "as_trap": support.as_trap,
    "capped": support.capped,
    "out_of_fuel": support.out_of_fuel,
    "chained": support.chained,
    "rollback": support.rollback,
    "weight": weight,
}


def attributes(state: Type) -> tuple[str, ...]:
    """The names of a cell's attributes: one for each field of a record, else one for the whole state."""
    count = len(state.fields) if isinstance(state, Record) else 1
    return tuple(f"__cam{index}__" for index in range(count))


@lru_cache(maxsize=256)
def _cell_type(fields: int) -> type[Any]:
    return type("Cell", (), {"__slots__": tuple(f"__cam{index}__" for index in range(fields))})


def _parameter(name: str, type_: Type, bounds: Bounds | None = None) -> Atom:
    # The arguments belong to whoever called: they are copied before they are kept.
    return Atom(name, type_, bounds=bounds)


def _spread(domain: Type) -> int | None:
    return len(domain.fields) if isinstance(domain, Record) and len(domain.fields) <= MAX_SPREAD else None


def _spread_all(domain: Type) -> int:
    assert isinstance(domain, Record)
    return len(domain.fields)
