"""The reference interpreter: the Categorical Abstract Machine, one verified instruction at a time.

Slow and obvious: values are immutable, so that a write copies what it changes, and a step that refuses or traps leaves
the state alone by not having touched it.

Rule: nothing here checks types. The verifier has; what goes wrong in them here is a fault.

Fuel: the longest path of a method's code is charged before it runs, a loop when it begins (its length times the longest
path through its body), and an operation whose time depends on its operands by their size, when it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

from camshaft.bytecode.instructions import Op
from camshaft.bytecode.occasion import Occasion
from camshaft.bytecode.verified import (
    ASK,
    END_EACH,
    END_LOCALS,
    END_MAP,
    END_WHILE,
    PRIMITIVE_1,
    PRIMITIVE_2,
    PRIMITIVE_3,
    PRIMITIVE_SIZED,
    CurriedCode,
    VerifiedCode,
)
from camshaft.bytecode.verifier import MAX_APPLY_DEPTH, Verified
from camshaft.errors import OutOfFuel, Refused, Trap, Where
from camshaft.execution.places import append_at, delete_at, get_at, put_at

DEFAULT_FUEL: Final = 10_000_000
"""Units of fuel that one input may use."""

# Plain integers: comparing with a member of an IntEnum is slower, and this loop is what an input waits for.
_PUSH, _SWAP, _POP, _CONS, _UNPACK, _FIELD, _ACC, _CONST, _INJECT, _CASE, _ARM, _IF, _ELSE, _EXIT, _EACH, _MAP = map(
    int,
    (
        Op.PUSH, Op.SWAP, Op.POP, Op.CONS, Op.UNPACK, Op.FIELD, Op.ACC, Op.CONST, Op.INJECT, Op.CASE, Op.ARM, Op.IF,
        Op.ELSE, Op.EXIT, Op.EACH, Op.MAP,
    ),
)  # fmt: skip
_LOCALS, _DISTRIBUTE, _GET, _PUT, _DELETE, _APPEND, _CALL, _REFUSE, _TRAP = map(
    int, (Op.LOCALS, Op.DISTRIBUTE, Op.GET, Op.PUT, Op.DELETE, Op.APPEND, Op.CALL, Op.REFUSE, Op.TRAP)
)
_WHILE, _DO, _CURRY, _APPLY = map(int, (Op.WHILE, Op.DO, Op.CURRY, Op.APPLY))
_ENDS_OF_ARMS: Final = (_ELSE, _ARM)
_LOOPS: Final = (_EACH, _MAP)
_ENDS_OF_LOOPS: Final = (END_EACH, END_MAP)
_NOTHING: Final = object()


class Closure(NamedTuple):
    """A function: code, and the environment that it was made in."""

    curried: CurriedCode
    code: VerifiedCode
    environment: Any


class Interpreter:
    """Runs the code of one verified program."""

    def __init__(self, verified: Verified) -> None:
        self._verified = verified
        self._codes = {name: each.code for name, each in verified.methods.items()}

    def initial_state(self, fuel: int = DEFAULT_FUEL) -> Any:
        """The state of a new instance.

        Raises:
            Trap: computing it trapped or used up its fuel.
            Refused: its code refused.
        """
        return _Run(self._verified.functions, None, fuel, self._locate).begin(self._verified.initial, ())

    def step(
        self,
        method: str,
        arguments: tuple[Any, ...],
        state: Any,
        fuel: int = DEFAULT_FUEL,
        occasion: Occasion | None = None,
    ) -> tuple[Any, Any]:
        """What a method gives on a record of arguments, and the state after it. The state given is never changed.

        A method whose effects say that it asks for its occasion needs one.

        Raises:
            Refused: the machine refused the input.
            Trap: an operation failed, or the fuel ran out.
        """
        run = _Run(self._verified.functions, state, fuel, self._locate, occasion)
        result = run.begin(self._codes[method], arguments)
        return result, run.state

    def fuel_used(
        self, method: str, arguments: tuple[Any, ...], state: Any, fuel: int, occasion: Occasion | None = None
    ) -> int:
        """The units of fuel that a step uses, however it ends; see `step`."""
        run = _Run(self._verified.functions, state, fuel, self._locate, occasion)
        with suppress(Refused, Trap):
            run.begin(self._codes[method], arguments)
        return fuel - run.fuel

    def _locate(self, code: VerifiedCode, instruction: int) -> Where | None:
        lines = self._verified.lines
        line = lines.line_of(code.name, instruction)
        if line is None:
            return None
        file, name = lines.home_of(code.name)
        return Where(self._verified.program.name, name, line, file)


class _Run:
    """One step in progress: the machine's state and what is left of the fuel. `locate` tells the line of an
    instruction."""

    __slots__ = ("depth", "fuel", "functions", "locate", "occasion", "state")

    def __init__(
        self,
        functions: tuple[VerifiedCode, ...],
        state: Any,
        fuel: int,
        locate: Callable[[VerifiedCode, int], Where | None],
        occasion: Occasion | None = None,
    ) -> None:
        self.functions = functions
        self.state = state
        self.fuel = fuel
        self.depth = 0
        """How many functions made by CURRY are being applied within each other."""
        self.locate = locate
        self.occasion = occasion

    def begin(self, code: VerifiedCode, register: Any) -> Any:
        """Charge a code's longest path, and run all of it. Raises as `execute`."""
        try:
            self.charge(code.cost)
        except OutOfFuel as error:
            error.where = self.locate(code, 0)
            raise
        return self.execute(code, register, 0, len(code.steps))

    def charge(self, units: int) -> None:
        """Take units of fuel.

        Raises:
            OutOfFuel: there are not as many left.
        """
        if units > self.fuel:
            raise OutOfFuel(f"the input needs at least {units} more units of fuel, but only {self.fuel} are left")
        self.fuel -= units

    def execute(  # noqa: C901 - one branch for each instruction
        self, code: VerifiedCode, register: Any, start: int, end: int
    ) -> Any:
        """What the steps from `start` to `end` leave in the register. Calls nest no deeper than the verifier allows.

        Raises:
            Refused: the machine refused the input.
            Trap: an operation failed, or the fuel ran out. Both say where.
        """
        steps = code.steps
        at = start
        stack: list[Any] = []
        slots = [self.state]
        loops: list[tuple[Any, Iterator[Any], Any, list[Any]]] = []
        keys: Sequence[Any]
        try:
            while at < end:
                op, argument = steps[at]
                at += 1
                if op == _PUSH:
                    stack.append(register)
                elif op == _SWAP:
                    register, stack[-1] = stack[-1], register
                elif op == PRIMITIVE_2:
                    register = argument(stack.pop(), register)
                elif op == _GET:
                    keys = _operands(len(argument.keys), stack, register)
                    register = get_at(argument, slots, keys)
                elif op == _CONST:
                    register = argument
                elif op == _PUT:
                    value, *keys = _operands(len(argument.keys) + 1, stack, register)
                    slots[argument.slot] = put_at(argument, slots, keys, value)
                    register = ()
                elif op == PRIMITIVE_1:
                    register = argument(register)
                elif op == _ACC:
                    for position in argument:
                        register = register[position]
                elif op == _FIELD:
                    register = register[argument]
                elif op == _POP:
                    register = stack.pop()
                elif op == _CONS:
                    kept = len(stack) - argument + 1
                    register = (*stack[kept:], register)
                    del stack[kept:]
                elif op == _IF:
                    condition, register = register, stack.pop()
                    if not condition:
                        at = argument
                elif op in _ENDS_OF_ARMS:  # an arm that is left by running into the next one
                    at = argument
                elif op == _INJECT:
                    register = (argument, register)
                elif op == _CASE:
                    label, register = register
                    at = argument[label]
                elif op == _DISTRIBUTE:
                    label, payload = register[argument]
                    register = (label, (*register[:argument], payload, *register[argument + 1 :]))
                elif op == _EXIT:
                    at = argument.target
                    del stack[argument.stack :], loops[argument.loops :], slots[argument.slots :]
                elif op in _LOOPS:
                    environment, items = register
                    after, cost = argument
                    self.charge(len(items) * cost)
                    elements = iter(items.items() if isinstance(items, dict) else items)
                    element = next(elements, _NOTHING)
                    if element is _NOTHING:
                        register = () if op == _EACH else type(items)()
                        at = after
                    else:
                        loops.append((environment, elements, items, []))
                        register = (environment, element)
                elif op in _ENDS_OF_LOOPS:
                    environment, elements, items, results = loops[-1]
                    if op == END_MAP:
                        results.append(register)
                    element = next(elements, _NOTHING)
                    if element is _NOTHING:
                        loops.pop()
                        if op == END_EACH:
                            register = ()
                        else:
                            register = dict(zip(items, results, strict=True)) if isinstance(items, dict) else results
                    else:
                        register = (environment, element)
                        at = argument
                elif op == _LOCALS:
                    slots.extend(argument.zeros)
                elif op == END_LOCALS:
                    del slots[argument:]
                elif op == _DELETE:
                    keys = _operands(len(argument.keys), stack, register)
                    slots[argument.slot] = delete_at(argument, slots, keys)
                    register = ()
                elif op == _APPEND:
                    value, *keys = _operands(len(argument.keys) + 1, stack, register)
                    slots[argument.slot] = append_at(argument, slots, keys, value)
                    register = ()
                elif op == _CALL:
                    self.state = slots[0]
                    called = self.functions[argument]
                    register = self.execute(called, register, 0, len(called.steps))
                    slots[0] = self.state
                elif op == PRIMITIVE_3:
                    second = stack.pop()
                    register = argument(stack.pop(), second, register)
                elif op == PRIMITIVE_SIZED:
                    meaning, arity, size = argument
                    operands = _operands(arity, stack, register)
                    self.charge(size(*operands))
                    register = meaning(*operands)
                elif op == _UNPACK:
                    stack.extend(register[:-1])
                    register = register[-1]
                elif op == _WHILE:
                    self.charge(argument)
                    loops.append((register, iter(()), [], []))
                elif op == _DO:
                    condition, register = register, loops[-1][0]
                    if not condition:
                        loops.pop()
                        register = ()
                        at = argument
                elif op == END_WHILE:
                    at, cost = argument
                    self.charge(cost)
                    register = loops[-1][0]
                elif op == _CURRY:
                    register = Closure(argument, code, register)
                    at = argument.end + 1
                elif op == _APPLY:
                    self.state = slots[0]
                    register = self.apply(stack.pop(), register)
                    slots[0] = self.state
                elif op == ASK:
                    register = argument.answer(self.occasion, *_operands(len(argument.operands), stack, register))
                elif op == _REFUSE:
                    raise Refused(argument, register)  # noqa: TRY301 - where it happened is added on the way out
                elif op == _TRAP:
                    raise argument(register)
        except (Refused, Trap) as error:
            # The innermost code with a line is the place; what called it is not.
            error.where = error.where or self.locate(code, at - 1)
            raise
        self.state = slots[0]
        return register

    def apply(self, function: Closure, argument: Any) -> Any:
        """What a function gives on an argument.

        Raises:
            OutOfFuel: it costs more than is left, or functions that apply functions nest too deep.
        """
        self.charge(function.curried.cost)
        self.depth += 1
        if self.depth > MAX_APPLY_DEPTH:
            raise OutOfFuel(f"functions that apply functions nest deeper than {MAX_APPLY_DEPTH}")
        curried = function.curried
        result = self.execute(function.code, (function.environment, argument), curried.start, curried.end)
        self.depth -= 1
        return result


def _operands(count: int, stack: list[Any], register: Any) -> tuple[Any, ...]:
    """So many operands: the last from the register, the others from the stack."""
    if count == 0:
        return ()
    if count == 1:
        return (register,)
    kept = len(stack) - count + 1
    operands = (*stack[kept:], register)
    del stack[kept:]
    return operands
