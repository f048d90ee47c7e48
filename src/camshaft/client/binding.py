"""Between Python calls and Camshaft values, for one machine: arguments in, results and refusals out.

Whoever runs the call, a node far away or an engine in this process, sees values only. Both kinds of proxy and the
asynchronous one share this file, so that all of them take and give the same objects.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.program import Method
from camshaft.errors import CamshaftError, Refused, note_where
from camshaft.language.compile import CompiledMachine, compile_machine
from camshaft.language.machine import Machine
from camshaft.language.objects import from_value, to_value
from camshaft.language.source import function_under
from camshaft.values.address import Address, checked_key


@dataclass(frozen=True, slots=True)
class Call:
    """One input for an instance: the arguments that were given, as values, by parameter name."""

    binding: Binding
    address: Address
    method: Method
    arguments: dict[str, Any]


class Caller(Protocol):
    """What runs calls: in order, each with its result as a value, or the exception that it ended with."""

    def run(self, calls: Sequence[Call]) -> list[Any]:
        """The results of the calls. Raises what stops all of them, such as a lost connection."""

    def state(self, binding: Binding, address: Address) -> Any:
        """The state of an instance as a value of the binding's state type. Raises Stale where it is of another."""


class Binding:
    """A machine's class together with what its compiled form says about its methods."""

    def __init__(self, machine: type[Machine]) -> None:
        self.machine = machine
        self.compiled: CompiledMachine = compile_machine(machine)
        self.methods = {name: found for name, found in self.compiled.methods.items() if not found.is_hidden}
        """The methods that clients call."""
        self.program = self.compiled.program
        self.encoded = encode_program(self.program)
        self.id = program_id(self.program)
        self.fields = frozenset(machine.__camshaft__.fields)
        self._signatures = {name: inspect.signature(function_under(machine, name)) for name in self.methods}

    def address(self, key: str | None) -> Address:
        """The address of this machine's instance of a key. Raises Rejected."""
        return Address(self.program.name, None if key is None else checked_key(key))

    def call(self, address: Address, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Call:
        """The call that Python arguments make.

        Raises:
            TypeError: the arguments do not fit the method, as in plain Python.
            Rejected: an argument is no value of its parameter's type.
        """
        method = self.program.method(name)
        assert method is not None
        where = f"{self.machine.__name__}.{name}"
        try:
            # None stands for self, which plays no part.
            given = self._signatures[name].bind(None, *args, **kwargs).arguments
        except TypeError as error:
            raise TypeError(f"{where}: {error}") from None
        types = {parameter.name: parameter.type for parameter in self.compiled.methods[name].parameters}
        arguments = {
            parameter.name: to_value(types[parameter.name], given[parameter.name], f"{where}: {parameter.name}")
            for parameter in method.parameters
            if parameter.name in given
        }
        return Call(self, address, method, arguments)

    def result(self, method: Method, outcome: Any) -> Any:
        """The Python object of a result, or the exception of the user's own class for a failure."""
        if isinstance(outcome, Refused):
            return self.refusal(outcome)
        if isinstance(outcome, CamshaftError):
            return outcome
        return from_value(self.compiled.methods[method.name].result, outcome)

    def refusal(self, refused: Refused) -> Exception:
        """The refusal as the machine's own class, where it is one that this version of the machine declares."""
        own = self.compiled.refusal_types.get(refused.name)
        if own is None:
            return refused
        mine: Exception = from_value(own, refused.payload)
        note_where(mine, refused.where)
        return mine

    def object_of(self, state: Any) -> Machine:
        """A plain object of the machine's class that holds a state."""
        machine: Machine = from_value(self.compiled.state_type_py, state)
        return machine
