"""`simulate`: a machine in this process whose methods run as bytecode, with no node and no journal.

It joins the two sides, as `embedded` does: the author's compiler makes the program, an execution runs it. With the
compiled one, an object is its own cell, and a method is the generated function itself, behind a check of its arguments.
"""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeVar

from camshaft.bytecode.occasion import Occasion
from camshaft.bytecode.verifier import Verified, verify
from camshaft.errors import Refused, Trap, note_where
from camshaft.execution.compiler import Compiled, CompiledMethod, attributes
from camshaft.execution.interpreter import DEFAULT_FUEL, Interpreter
from camshaft.execution.statements import NOT_KNOWN
from camshaft.execution.support import SMALL
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
    plain = machine(**given)
    simulated: M = object.__new__(simulation.type)
    simulation.compiled.fill(simulated, to_value(simulation.machine.state_type_py, plain, machine.__name__))
    setattr(simulated, _OCCASION, fixed(**told))
    return simulated


class _Simulation:
    """A class derived from the author's, with its methods and fields replaced. Its objects are cells."""

    def __init__(self, author: type[Machine], machine: CompiledMachine, backend: str) -> None:
        self.machine = machine
        self._author = author
        verified = verify(machine.program)
        self.compiled = Compiled(verified, self._refusal, _file_of(author), machine.function_files)
        members: dict[str, Any] = {
            "__module__": author.__module__,
            "__qualname__": author.__qualname__,
            "__slots__": (*attributes(machine.program.state), _OCCASION),
        }
        for found in machine.methods.values():
            method = self._compiled(found) if backend == "compiled" else self._interpreted(verified, found)
            members[found.name] = property(method) if found.is_property else method
        for index, field in enumerate(machine.state_type_py.fields):
            members[field.name] = self._field(index, field.type, field.name)
        self.type: type[Any] = types.new_class(author.__name__, (author,), exec_body=lambda name: name.update(members))
        # `__init_subclass__` took the class for a new machine; it is the author's.
        setattr(self.type, "__camshaft__", author.__camshaft__)  # noqa: B010  # mypy sees a plain `type` here

    def _refusal(self, name: str, payload: Any) -> Exception:
        refusal: Exception = from_value(self.machine.refusal_types[name], payload)
        return refusal

    def _field(self, index: int, type_: PyType, name: str) -> property:
        attribute = attributes(self.machine.program.state)[index]

        def read(cell: Any) -> Any:
            return from_value(type_, getattr(cell, attribute))

        def write(cell: Any, obj: Any) -> None:
            setattr(cell, attribute, to_value(type_, obj, name))

        return property(read, write)

    def _checks(self, found: Signature) -> list[Callable[[Any], Any]]:
        where = f"{self._author.__name__}.{found.name}"
        return [partial(_checked, one.type, f"{where}: {one.name}") for one in found.parameters]

    # ---- compiled ------------------------------------------------------------------------------------------------

    def _compiled(self, found: Signature) -> Callable[..., Any]:
        method = self.compiled.methods.get(found.name)
        if method is None or method.cost > DEFAULT_FUEL:
            return self._called(found, partial(_run, self.compiled, found.name))
        original = function_under(self._author, found.name)
        function = _with_checks(self.compiled, method, found, original, self._checks(found))
        result = found.result
        if isinstance(result, PyInt | PyBool | PyStr | PyNone):
            return function

        def converted(self: Any, *args: Any, **kwargs: Any) -> Any:
            return from_value(result, function(self, *args, **kwargs))

        return _named(converted, original)

    # ---- interpreted -----------------------------------------------------------------------------------------------

    def _interpreted(self, verified: Verified, found: Signature) -> Callable[..., Any]:
        interpreter = Interpreter(verified)
        asks = verified.methods[found.name].code.effects.asks_occasion

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
    told: FixedOccasion = getattr(cell, _OCCASION)
    return told.occasion()


def _named(function: Callable[..., Any], original: Callable[..., Any]) -> Callable[..., Any]:
    function.__name__ = original.__name__
    function.__qualname__ = original.__qualname__  # which Python names where the arguments do not fit
    function.__doc__ = original.__doc__
    return function


def _file_of(author: type[Machine]) -> str:
    """The file that a class was written in, for tracebacks."""
    module = sys.modules.get(author.__module__)
    return getattr(module, "__file__", None) or f"<{author.__module__}>"


def _with_checks(
    compiled: Compiled,
    method: CompiledMethod,
    found: Signature,
    original: Callable[..., Any],
    checks: list[Callable[[Any], Any]],
) -> Callable[..., Any]:
    """The generated function with its arguments checked first, under the author's names for them."""
    head, *rest = method.lines
    tests = [
        (f" {_test(one.type, f'p{index}')}p{index} = check{index}(p{index})", NOT_KNOWN)
        for index, one in enumerate(found.parameters)
    ]
    scope: dict[str, Any] = {f"check{index}": check for index, check in enumerate(checks)}
    if method.takes_occasion:
        tests.append((" o = occasion_of(s)", NOT_KNOWN))
        scope["occasion_of"] = _occasion_of
    function: Any = compiled.define("m", [head, *tests, *rest], method.code, scope)
    names = ("self", *(one.name for one in found.parameters))
    code = function.__code__
    function.__code__ = code.replace(co_varnames=(*names, *code.co_varnames[len(names) :]))
    defaults = [one.default for one in inspect.signature(original).parameters.values()]
    given = tuple(default for default in defaults if default is not inspect.Parameter.empty)
    function.__defaults__ = (*given, *(function.__defaults__ or ())) or None
    return _named(function, original)


def _test(type_: PyType, name: str) -> str:
    """The condition under which an argument needs a closer look, as the start of a line; "" where it always does."""
    match type_:
        case PyInt():
            return f"if type({name}) is not int or {name} > {SMALL} or {name} < -{SMALL}: "
        case PyBool():
            return f"if type({name}) is not bool: "
        case PyStr():
            return f"if type({name}) is not str or not {name}.isascii(): "
        case _:
            return ""
