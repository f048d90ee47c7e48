"""`simulate`: a machine in this process whose methods run as bytecode, with no node and no journal.

It joins the two sides, as `embedded` does: the author's compiler makes the program, an execution runs it. With the
compiled one, an object is its own cell, and a method is the generated function itself, behind a check of its arguments.

The functions are those of speculative code (see `execution.ordinary`). An object in which an integer is not ordinary
changes its class for one whose functions are those of general code, and keeps it.
"""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any, Final, TypeVar

from camshaft.bytecode.occasion import Occasion
from camshaft.bytecode.verifier import verify
from camshaft.checked_calls import checked_function
from camshaft.errors import Refused, Trap, note_where
from camshaft.execution.bounds import GENERAL, Assumptions
from camshaft.execution.compiled_method import CompiledMethod
from camshaft.execution.compiler import Compiled, attributes
from camshaft.execution.interpreter import DEFAULT_FUEL, Interpreter
from camshaft.execution.ordinary import SPECULATIVE, is_ordinary, suits
from camshaft.language.machine import Machine, check_machine
from camshaft.language.objects import from_value, to_value
from camshaft.language.occasion import FixedOccasion, fixed
from camshaft.language.programs import CompiledMachine, compile_machine
from camshaft.language.pytypes import PyBool, PyInt, PyNone, PyStr, PyType
from camshaft.language.source import function_under
from camshaft.language.unit import Signature

M = TypeVar("M", bound=Machine)

BACKENDS: Final = ("compiled", "interpreter")
_OCCASION: Final = "__cam_occasion__"
"""The attribute that says what the steps of an object are told."""


def simulate(machine: type[M], *, backend: str = "compiled", **given: Any) -> M:
    """An instance of a machine whose methods run as bytecode, in this process.

    It behaves as `machine(**given)` does, but that a step which fails changes nothing. Fields can be read and
    assigned from outside; what is read is a copy. `backend` is `compiled` or `interpreter`, the slow and obvious one.

    `now=…`, `seed=…` and `key=…` fix what its steps are told, as in a `fixed` block; `now` is asked once a step. A
    field of such a name is given its value instead: put the calls in a `fixed` block then.

    Raises:
        CompileError: the compiler refuses the class.
        TypeError: it is not a machine's class, or has no such field.
        ValueError: there is no such backend.
        Rejected: a field's value is not of its type.
    """
    check_machine(machine)
    if backend not in BACKENDS:
        raise ValueError(f"there is no backend {backend!r}; there is {', '.join(BACKENDS)}")
    simulation = _simulation_of(machine, backend)
    told = {
        name: given.pop(name) for name in ("now", "seed", "key") if name in given.keys() - machine.__camshaft__.fields
    }
    state = to_value(simulation.machine.state_type_py, machine(**given), machine.__name__)
    simulated: M = object.__new__(simulation.type_for(state))
    simulation.compiled.fill(simulated, state)
    setattr(simulated, _OCCASION, fixed(**told))
    return simulated


class _Simulation:
    """Classes derived from the author's, with its methods and fields replaced. Their objects are cells."""

    def __init__(self, author: type[Machine], machine: CompiledMachine, backend: str) -> None:
        self.machine = machine
        self._author = author
        self._verified = verify(machine.program)
        self._speculates = backend == "compiled" and suits(machine.program)
        self._general_functions: dict[str, Callable[..., Any]] = {}
        self.compiled = self._code(SPECULATIVE if self._speculates else GENERAL)
        members: dict[str, Any] = {"__slots__": (*attributes(machine.program.state), _OCCASION)}
        for found in machine.methods.values():
            method = self._compiled(found, self.compiled) if backend == "compiled" else self._interpreted(found)
            members[found.name] = property(method) if found.is_property else method
        for index, field in enumerate(machine.state_type_py.fields):
            members[field.name] = self._field(index, field.type, field.name)
        self._type = self._class(author, members)

    def type_for(self, state: Any) -> type[Any]:
        """The class of an object that holds a state."""
        return self._type if not self._speculates or is_ordinary(state) else self._general_type

    @cached_property
    def _general(self) -> Compiled:
        return self._code(GENERAL)

    @cached_property
    def _general_type(self) -> type[Any]:
        """The class of objects in which integers need not be ordinary. Of the same layout: objects move there."""
        members: dict[str, Any] = {"__slots__": ()}
        for found in self.machine.methods.values():
            method = self._compiled(found, self._general)
            members[found.name] = property(method) if found.is_property else method
        return self._class(self._type, members)

    def _code(self, assumed: Assumptions) -> Compiled:
        files = self.machine.function_files
        return Compiled(self._verified, self._refusal, _file_of(self._author), files, assumed)

    def _class(self, base: type[Any], members: dict[str, Any]) -> type[Any]:
        author = self._author
        members = {"__module__": author.__module__, "__qualname__": author.__qualname__, **members}
        made = types.new_class(author.__name__, (base,), exec_body=lambda name: name.update(members))
        # `__init_subclass__` took the class for a new machine; it is the author's.
        setattr(made, "__camshaft__", author.__camshaft__)  # noqa: B010  # mypy sees a plain `type` here
        return made

    def _refusal(self, name: str, payload: Any) -> Exception:
        refusal: Exception = from_value(self.machine.refusal_types[name], payload)
        return refusal

    def _field(self, index: int, type_: PyType, name: str) -> property:
        attribute = attributes(self.machine.program.state)[index]

        def read(cell: Any) -> Any:
            return from_value(type_, getattr(cell, attribute))

        def write(cell: Any, obj: Any) -> None:
            value = to_value(type_, obj, name)
            setattr(cell, attribute, value)
            if self._speculates and not is_ordinary(value):
                cell.__class__ = self._general_type

        return property(read, write)

    def _checks(self, found: Signature) -> list[Callable[[Any], Any]]:
        where = f"{self._author.__name__}.{found.name}"
        return [partial(_checked, one.type, f"{where}: {one.name}") for one in found.parameters]

    # ---- compiled ------------------------------------------------------------------------------------------------

    def _compiled(self, found: Signature, compiled: Compiled) -> Callable[..., Any]:
        method = compiled.methods.get(found.name)
        if method is None or method.cost > DEFAULT_FUEL:
            return self._called(found, partial(_run, compiled, found.name))
        original = function_under(self._author, found.name)
        function = self._checking(found, compiled, method)
        result = found.result
        if isinstance(result, PyInt | PyBool | PyStr | PyNone):
            return function

        def converted(self: Any, *args: Any, **kwargs: Any) -> Any:
            return from_value(result, function(self, *args, **kwargs))

        return _named(converted, original)

    def _checking(self, found: Signature, compiled: Compiled, method: CompiledMethod) -> Callable[..., Any]:
        """The function of a method, behind checks of its arguments, before its result is made an object."""
        original = function_under(self._author, found.name)
        checks = self._checks(found)
        if compiled is not self.compiled or not self._speculates:
            return checked_function(compiled, method, found, original, checks, _occasion_of, None)

        def instead(occasion: Occasion | None, drawn: int, cell: Any, *args: Any) -> Any:
            if found.name not in self._general_functions:
                method = self._general.methods[found.name]
                self._general_functions[found.name] = self._checking(found, self._general, method)
            told = getattr(cell, _OCCASION)
            if occasion is not None:
                occasion.draws.count = drawn
                setattr(cell, _OCCASION, _TheSame(occasion))
            try:
                result = self._general_functions[found.name](cell, *args)
            finally:
                setattr(cell, _OCCASION, told)
            cell.__class__ = self._general_type
            return result

        return checked_function(compiled, method, found, original, checks, _occasion_of, instead)

    # ---- interpreted -----------------------------------------------------------------------------------------------

    def _interpreted(self, found: Signature) -> Callable[..., Any]:
        interpreter = Interpreter(self._verified)
        asks = self._verified.methods[found.name].code.effects.asks_occasion

        def run(cell: Any, arguments: tuple[Any, ...]) -> Any:
            state, occasion = self.compiled.state_of(cell), _occasion_of(cell) if asks else None
            try:
                result, after = interpreter.step(found.name, arguments, state, DEFAULT_FUEL, occasion)
            except Trap as trap:
                note_where(trap, trap.where)
                raise
            except Refused as refused:
                refusal = self._refusal(refused.name, refused.payload)
                note_where(refusal, refused.where)
                raise refusal from None
            self.compiled.fill(cell, after)
            return result

        return self._called(found, run)

    def _called(self, found: Signature, run: Callable[[Any, tuple[Any, ...]], Any]) -> Callable[..., Any]:
        original = function_under(self._author, found.name)
        signature = inspect.signature(original)
        checks = self._checks(found)

        def called(self: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                given = signature.bind(self, *args, **kwargs)
            except TypeError as error:
                raise TypeError(f"{original.__qualname__}(): {error}") from None
            given.apply_defaults()
            values = (given.arguments[one.name] for one in found.parameters)
            arguments = tuple(check(value) for check, value in zip(checks, values, strict=True))
            return from_value(found.result, run(self, arguments))

        return _named(called, original)


def _simulation_of(machine: type[Machine], backend: str) -> _Simulation:
    """The simulation of a class, made once and kept on it, to live as long."""
    kept: dict[str, _Simulation] | None = machine.__dict__.get("__camshaft_simulations__")
    if kept is None:
        kept = {}
        setattr(machine, "__camshaft_simulations__", kept)  # noqa: B010  # no attribute that mypy should know
    if backend not in kept:
        kept[backend] = _Simulation(machine, compile_machine(machine), backend)
    return kept[backend]


def _checked(type_: PyType, path: str, obj: object) -> Any:
    return to_value(type_, obj, path)


def _run(compiled: Compiled, name: str, cell: Any, arguments: tuple[Any, ...]) -> Any:
    return compiled.run_on(_occasion_of(cell), name, arguments, cell, DEFAULT_FUEL)


def _occasion_of(cell: Any) -> Occasion:
    """What a step of an object that begins now is told."""
    told: FixedOccasion | _TheSame = getattr(cell, _OCCASION)
    return told.occasion()


class _TheSame:
    """The occasion of a step that is run anew: it asks for no other time."""

    def __init__(self, occasion: Occasion) -> None:
        self._occasion = occasion

    def occasion(self) -> Occasion:
        return self._occasion


def _named(function: Callable[..., Any], original: Callable[..., Any]) -> Callable[..., Any]:
    function.__name__ = original.__name__
    function.__qualname__ = original.__qualname__  # which Python names where the arguments do not fit
    function.__doc__ = original.__doc__
    return function


def _file_of(author: type[Machine]) -> str:
    """The file that a class was written in, for tracebacks."""
    module = sys.modules.get(author.__module__)
    return getattr(module, "__file__", None) or f"<{author.__module__}>"
