"""`simulate`: a machine in this process whose methods run as bytecode, with no node and no journal.

It joins the two sides, as `embedded` does: the author's compiler makes the program, the interpreter runs it.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from typing import Any, Final, TypeVar

from camshaft.bytecode.verifier import verify
from camshaft.errors import Refused
from camshaft.execution.interpreter import Interpreter
from camshaft.language.machine import Machine
from camshaft.language.objects import from_value, to_value
from camshaft.language.programs import CompiledMachine, compile_machine
from camshaft.language.unit import Signature

M = TypeVar("M", bound=Machine)

_STATE: Final = "__camshaft_state__"
_BACKENDS: Final = ("interpreter",)


def simulate(machine: type[M], *, backend: str = "interpreter", **fields: Any) -> M:
    """An instance of a machine whose methods run as bytecode, in this process.

    It behaves as `machine(**fields)` does, but that a step which fails changes nothing. Fields can be read and
    assigned from outside; what is read is a copy.

    Raises:
        CompileError: the compiler refuses the class.
        ValueError: there is no such backend.
        Rejected: a field's value is not of its type.
    """
    if backend not in _BACKENDS:
        raise ValueError(f"there is no backend {backend!r}; there is {', '.join(_BACKENDS)}")
    compiled = compile_machine(machine)
    plain = machine(**fields)
    simulated: M = object.__new__(_class_of(machine, compiled))
    object.__setattr__(simulated, _STATE, to_value(compiled.state_type_py, plain, machine.__name__))
    return simulated


def _class_of(machine: type[M], compiled: CompiledMachine) -> type[M]:
    """A class derived from the author's, with its methods and fields replaced. Made once for each class."""
    cached = machine.__dict__.get("__camshaft_simulated__")
    if cached is None:
        interpreter = Interpreter(verify(compiled.program))
        members: dict[str, Any] = {"__module__": machine.__module__, "__qualname__": machine.__qualname__}
        for name, found in compiled.methods.items():
            members[name] = _method(machine, compiled, interpreter, found)
        for index, field in enumerate(compiled.state_type_py.fields):
            members[field.name] = _field(index, compiled)
        cached = types.new_class(machine.__name__, (machine,), exec_body=lambda namespace: namespace.update(members))
        # `__init_subclass__` took the class for a new machine; it is the author's.
        setattr(cached, "__camshaft__", machine.__camshaft__)  # noqa: B010  # mypy sees a plain `type` here
        machine.__camshaft_simulated__ = cached  # type: ignore[attr-defined]  # kept on the class, to live as long
    simulated: type[M] = cached
    return simulated


def _method(
    machine: type[Machine], compiled: CompiledMachine, interpreter: Interpreter, found: Signature
) -> Callable[..., Any]:
    original = getattr(machine, found.name)
    signature = inspect.signature(original)

    def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        given = signature.bind(self, *args, **kwargs)
        given.apply_defaults()
        arguments = tuple(
            to_value(one.type, given.arguments[one.name], f"{machine.__name__}.{found.name}: {one.name}")
            for one in found.parameters
        )
        try:
            result, state = interpreter.step(found.name, arguments, getattr(self, _STATE))
        except Refused as refused:
            raise from_value(compiled.refusal_types[refused.name], refused.payload) from None
        object.__setattr__(self, _STATE, state)
        return from_value(found.result, result)

    run.__name__ = found.name
    run.__doc__ = original.__doc__
    return run


def _field(index: int, compiled: CompiledMachine) -> property:
    field = compiled.state_type_py.fields[index]

    def read(self: Any) -> Any:
        return from_value(field.type, getattr(self, _STATE)[index])

    def write(self: Any, obj: Any) -> None:
        state = list(getattr(self, _STATE))
        state[index] = to_value(field.type, obj, field.name)
        object.__setattr__(self, _STATE, tuple(state))

    return property(read, write)
