"""A client of a version that is ahead of what runs: it calls what runs as far as both interfaces allow.

No upgrade on its node led on from its version, or one to it is being rolled out and has not come to the instance yet.

Parameters go together by their names. One that what runs does not have is left out where the call gives it its
default, and makes the call stale where it does not; one whose type what runs has otherwise is converted where that
loses nothing. So is a result. Where a method has no such form, calling it is stale, and says why: nothing is misread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from camshaft.bytecode.encoding import program_id
from camshaft.bytecode.program import Method, Parameter, Program
from camshaft.category.meaning import Typed, meaning
from camshaft.category.terms import Identity, Term
from camshaft.client.binding import Binding, Call
from camshaft.errors import CamshaftError, Stale
from camshaft.evolution.conversions import conversion
from camshaft.values.codec import encode
from camshaft.values.type_words import show
from camshaft.values.types import Type

_IDENTITY: Final = Identity()


@dataclass(frozen=True, slots=True)
class _Adapted:
    """A method as what runs has it: what each argument becomes, by its name; and what its result does."""

    method: Method
    arguments: Mapping[str, Term]
    result: Term


class Adaptation:
    """How a class calls a program that is another version of its machine."""

    def __init__(self, binding: Binding, running: Program, *, rolled_out: bool = False) -> None:
        """`rolled_out`: whether the class is of the version that is being rolled out there."""
        self.binding = binding
        self.running_id = program_id(running)
        theirs = {each.name: each for each in running.public_methods}
        self._methods = {each.name: _adapted(each, theirs.get(each.name)) for each in binding.program.methods}
        self._rolled_out = rolled_out

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Adaptation) and (self.binding, self.running_id) == (other.binding, other.running_id)

    def __hash__(self) -> int:
        return hash((self.binding, self.running_id))

    def of(self, call: Call) -> Call:
        """A call, as what runs takes it. Raises Stale where it does not."""
        adapted = self._methods[call.method.name]
        if isinstance(adapted, str):
            raise self._stale(call, adapted)
        types = {parameter.name: parameter for parameter in call.method.parameters}
        arguments = {}
        for name, value in call.arguments.items():
            if name in adapted.arguments:
                arguments[name] = _converted(adapted.arguments[name], types[name].type, value)
            elif not _is_default(types[name], value):
                raise self._stale(
                    call, f"it has no parameter {name} there, and the call gives it another value than its default"
                )
        for parameter in adapted.method.parameters:
            if parameter.default is None and parameter.name not in arguments:
                default = types[parameter.name].default
                assert default is not None  # what may be left out has one
                arguments[parameter.name] = _converted(adapted.arguments[parameter.name], default.type, default.value)
        return Call(call.binding, call.address, adapted.method, arguments)

    def outcome(self, call: Call, outcome: Any) -> Any:
        """What became of a call, as the class knows it: `call` is as its own class makes it."""
        adapted = self._methods[call.method.name]
        if isinstance(outcome, CamshaftError) or isinstance(adapted, str):
            return outcome
        return _converted(adapted.result, adapted.method.result, outcome)

    def _stale(self, call: Call, reason: str) -> Stale:
        machine, runs = self.binding.machine.__name__, f"{call.address} runs program {self.running_id[:12]}"
        why = (
            f"{runs} yet, while the upgrade to this version of {machine}, {self.binding.id[:12]}, is rolled out"
            if self._rolled_out
            else f"{runs}, and no upgrade leads there from this version of {machine}, {self.binding.id[:12]}"
        )
        return Stale(f"{why}: {call.method.name} cannot be called, since {reason}")


def _adapted(mine: Method, theirs: Method | None) -> _Adapted | str:
    if theirs is None:
        return "there is no such method"
    own = {parameter.name: parameter for parameter in mine.parameters}
    arguments = {}
    for parameter in theirs.parameters:
        given = own.get(parameter.name)
        if given is None and parameter.default is None:
            return f"there it needs {parameter.name}: {show(parameter.type)}"
        if given is not None:
            term = conversion(given.type, parameter.type, drops=False)
            if term is None:
                return f"there {parameter.name} is {show(parameter.type)}, not {show(given.type)}"
            arguments[parameter.name] = term
    needed = [name for name, each in own.items() if name not in arguments and each.default is None]
    if needed:
        return f"there it has no parameter {needed[0]}"
    result = conversion(theirs.result, mine.result, drops=True)
    if result is None:
        return f"there it returns {show(theirs.result)}, not {show(mine.result)}"
    return _Adapted(theirs, arguments, result)


def _converted(term: Term, type_: Type, value: Any) -> Any:
    return value if term == _IDENTITY else meaning(term, Typed(type_, value), (), {})[0].value


def _is_default(parameter: Parameter, value: Any) -> bool:
    default = parameter.default
    return default is not None and encode(default.type, default.value) == encode(parameter.type, value)
