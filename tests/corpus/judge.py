"""One program of the corpus, run as plain Python, by the interpreter and compiled, and compared after every input.

What is compared: results, refusals with their fields, traps, the line of what failed, the canonical bytes of the
state, and the fuel that both executions use. The arguments given must be untouched, and the state of a step that
failed must be the one before it. Each input has the same occasion in all three, with random numbers of its own.
"""

from __future__ import annotations

import copy
import inspect
import traceback
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any, Final

from camshaft import Machine, Refusal, fixed
from camshaft.bytecode.encoding import encode_program
from camshaft.bytecode.occasion import Occasion, entry_seed
from camshaft.bytecode.verifier import load
from camshaft.errors import OutOfFuel, Refused, Rejected, Trap
from camshaft.execution.compiler import Compiled
from camshaft.execution.interpreter import DEFAULT_FUEL, Interpreter
from camshaft.execution.whereabouts import whereabouts
from camshaft.language.compile import compile_file
from camshaft.language.objects import to_value
from camshaft.language.pytypes import core
from camshaft.language.source import function_under
from camshaft.values.codec import encode
from camshaft.values.times import to_datetime
from corpus.reached import Reached
from generators.arguments import Arguments
from generators.occasions import KEY, SEED, TIME_US, occasion

INPUTS_A_METHOD: Final = 20
"""How many inputs are drawn for each public method of a program that lists none."""
INPUTS_WITHOUT_ARGUMENTS: Final = 5
"""How many for one without parameters, of which only the state makes a difference."""

# What Python raises where the machine traps, and where a program is wrong that should not have been accepted.
_TRAPS: Final = (KeyError, IndexError, ZeroDivisionError, AssertionError, OverflowError, ValueError)
_MISTAKES: Final = (TypeError, AttributeError, NameError)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a step ended: what kind of end, its name where it failed, canonical bytes of the result or payload, the line
    that failed or 0."""

    kind: str
    name: str
    data: bytes
    line: int = 0

    def __str__(self) -> str:
        return f"{self.kind} {self.name} {self.data!r}" + (f" at line {self.line}" if self.line else "")


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a program: its id, a digest of all that was seen, and how often steps ended how."""

    program_id: str
    digest: str
    inputs: int
    ended: frozenset[str]
    unreached: list[int]
    """The lines of its methods that no input reached."""


class Disagreement(AssertionError):
    """Python and an execution, or both executions, differ."""


class Program:
    """A file of the corpus, compiled. `inputs`: (method, argument, …) each, from the file's INPUTS or drawn by type.

    A file may say `INTEGERS`, what to draw integers from, and `BEYOND_PYTHON`, names of traps that bytecode may have
    where plain Python goes on: those of a limit that Python does not have. `may_not_end`: nobody wrote it, and where
    a number is too large for bytecode plain Python might go on for ever.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        (self.machine,) = compile_file(path).machines
        self.cls: type[Machine] = self.machine.cls
        methods = self.machine.methods.values()
        assert methods, f"{path}: no public method"
        self._settings: dict[str, Any] = function_under(self.cls, next(iter(self.machine.methods))).__globals__
        self.beyond_python: tuple[str, ...] = self._settings.get("BEYOND_PYTHON", ())
        self.may_not_end = False
        given: list[tuple[Any, ...]] | None = self._settings.get("INPUTS")
        self.inputs = self._drawn() if given is None else given

    def _drawn(self) -> list[tuple[Any, ...]]:
        random = Random(f"{self.path.parent.name}/{self.path.stem}")
        arguments = Arguments(random, self.path.read_text(), self._settings.get("INTEGERS"))
        inputs = [
            (found.name, *(arguments.drawn(one.type) for one in found.parameters))
            for found in self.machine.methods.values()
            for _ in range(INPUTS_A_METHOD if found.parameters else INPUTS_WITHOUT_ARGUMENTS)
        ]
        random.shuffle(inputs)
        return inputs


def judge(program: Program, fuel: int = DEFAULT_FUEL) -> Report:
    """Run a program all ways and compare.

    Raises:
        Disagreement: two ways differ.
        OutOfFuel: an input uses more than `fuel`, or numbers that are too large in a program that may not end. It is
            not run as plain Python.
    """
    return _Judge(program, fuel).judge()


class _Judge:
    def __init__(self, program: Program, fuel: int) -> None:
        self._program = program
        self._fuel = fuel
        self._machine = program.machine
        self._reached = Reached(program.path)
        # As a node does it: from bytes.
        verified = load(encode_program(self._machine.program))
        self._id = verified.id
        self._costs = {name: each.code.cost for name, each in verified.methods.items()}
        self._interpreter = Interpreter(verified)
        self._compiled = Compiled(verified)
        self._lines = verified.lines
        self._state_type = core(self._machine.state_type_py)
        self._digest = sha256(self._id.encode())
        self._seed = SEED

    def judge(self) -> Report:
        plain = self._program.cls()
        state = self._interpreter.initial_state()
        cell = self._compiled.cell(state)
        before = self._state(plain)
        self._equal("the initial state", before, encode(self._state_type, state), "bytecode")
        kinds: set[str] = set()
        for number, (method, *given) in enumerate(self._program.inputs):
            what = f"input {number}, {method}({', '.join(map(repr, given))})"
            self._seed = entry_seed(SEED, number)
            arguments = self._arguments(method, given)
            untouched = copy.deepcopy(arguments)
            ended, after = self._interpreted(method, arguments, state, self._fuel)
            too_large = ended.name == "OverflowError" and self._program.may_not_end
            if ended.name == OutOfFuel.kind or too_large:
                raise OutOfFuel(what)  # a range of so many numbers has no end in plain Python
            kept = copy.deepcopy(plain)
            expected = self._plain(plain, method, given)
            if ended.name in self._program.beyond_python and expected.kind in ("returned", "mistaken"):
                expected = ended
            self._equal(what, expected, ended, "the interpreter")
            self._equal(what, ended, self._run(method, arguments, cell, self._fuel), "compiled code", "the interpreter")
            if ended.kind != "returned":
                plain = kept  # plain Python does not undo a step that raised
            found = self._state(plain)
            self._equal(f"{what}: the state", found, encode(self._state_type, after), "the interpreter")
            left = encode(self._state_type, self._compiled.state_of(cell))
            self._equal(f"{what}: the state", found, left, "compiled code")
            self._equal(f"{what}: the arguments", untouched, arguments, "bytecode")
            fuel = self._least_fuel(method, arguments, state, ended)
            self._same_fuel(what, method, arguments, state, fuel, ended)
            state = after
            kinds.add(ended.name or ended.kind)
            self._digest.update(repr((method, ended.kind, ended.name, ended.data, found, fuel)).encode())
        return Report(
            self._id, self._digest.hexdigest(), len(self._program.inputs), frozenset(kinds), self._reached.wrong()
        )

    # ---- the three ways --------------------------------------------------------------------------------------------

    def _plain(self, plain: Machine, method: str, given: list[Any]) -> Ended:
        signature = self._machine.methods[method]
        try:
            with fixed(now=to_datetime(TIME_US), seed=self._seed, key=KEY), self._reached.tracing():
                found = getattr(plain, method)
                # A property has been read by now.
                result = found(*copy.deepcopy(given)) if callable(found) else found
        except Refusal as refusal:
            name = next(name for name, cls in self._machine.refusals.items() if cls is type(refusal))
            type_ = self._machine.refusal_types[name]
            return Ended("refused", name, encode(core(type_), to_value(type_, refusal)), self._line(refusal))
        except _TRAPS as error:
            kind = next(kind for kind in _TRAPS if isinstance(error, kind))
            return Ended("trapped", kind.__name__, b"", self._line(error))
        except _MISTAKES as error:
            return Ended("mistaken", type(error).__name__, str(error).encode(), self._line(error))
        try:
            return Ended("returned", "", encode(core(signature.result), to_value(signature.result, result)))
        except Rejected:
            if not self._program.beyond_python:
                raise
            return Ended("returned", "what no value can be", b"")

    def _interpreted(self, method: str, arguments: tuple[Any, ...], state: Any, fuel: int) -> tuple[Ended, Any]:
        try:
            result, after = self._interpreter.step(method, arguments, state, fuel, self._occasion())
        except (Refused, Trap) as error:
            return self._failed(error), state
        return self._returned(method, result), after

    def _run(self, method: str, arguments: tuple[Any, ...], cell: Any, fuel: int) -> Ended:
        try:
            result = self._compiled.run_on(self._occasion(), method, arguments, cell, fuel)
        except (Refused, Trap) as error:
            return self._failed(error)
        return self._returned(method, result)

    def _occasion(self) -> Occasion:
        return occasion(self._seed)

    def _returned(self, method: str, result: Any) -> Ended:
        return Ended("returned", "", encode(core(self._machine.methods[method].result), result))

    def _failed(self, error: Refused | Trap) -> Ended:
        where = whereabouts(error, self._lines)
        line = 0 if where is None or isinstance(error, OutOfFuel) else where.line
        if isinstance(error, Trap):
            return Ended("trapped", error.kind, b"", line)
        type_ = core(self._machine.refusal_types[error.name])
        return Ended("refused", error.name, encode(type_, error.payload), line)

    # ---- comparing -------------------------------------------------------------------------------------------------

    def _equal(self, what: str, expected: object, found: object, who: str, other: str = "Python") -> None:
        if expected != found:
            raise Disagreement(f"{self._program.path}: {what}:\n  {other}: {expected}\n  {who}: {found}")

    def _least_fuel(self, method: str, arguments: tuple[Any, ...], state: Any, ended: Ended) -> int:
        """The least fuel with which the interpreter gets as far: what the input uses."""
        low, high = -1, self._costs[method]
        while self._interpreted(method, arguments, state, high)[0] != ended:
            low, high = high, high * 2 + 1
        while high - low > 1:
            middle = (low + high) // 2
            if self._interpreted(method, arguments, state, middle)[0] == ended:
                high = middle
            else:
                low = middle
        return high

    def _same_fuel(
        self, what: str, method: str, arguments: tuple[Any, ...], state: Any, fuel: int, ended: Ended
    ) -> None:
        enough = self._run(method, arguments, self._compiled.cell(state), fuel)
        self._equal(f"{what}: with {fuel} units of fuel", ended, enough, "compiled code", "the interpreter")
        if fuel:
            short = self._run(method, arguments, self._compiled.cell(state), fuel - 1)
            self._equal(f"{what}: with {fuel - 1} units of fuel", OutOfFuel.kind, short.name, "compiled code")

    def _state(self, plain: Machine) -> bytes:
        return encode(self._state_type, to_value(self._machine.state_type_py, plain))

    def _arguments(self, method: str, given: list[Any]) -> tuple[Any, ...]:
        bound = inspect.signature(function_under(self._program.cls, method)).bind(None, *copy.deepcopy(given))
        bound.apply_defaults()
        parameters = self._machine.methods[method].parameters
        return tuple(to_value(one.type, bound.arguments[one.name]) for one in parameters)

    def _line(self, error: BaseException) -> int:
        files = {str(self._program.path), *self._machine.function_files.values()}
        lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename in files]
        return lines[-1]
