"""Inputs as tests write them, and as an engine takes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.client.binding import Binding
from camshaft.language.machine import Machine
from camshaft.language.objects import from_value
from camshaft.runtime.engine import Engine
from camshaft.runtime.entries import Deploy, Entries, Input
from camshaft.runtime.fork import forked
from camshaft.runtime.outcomes import Outcome, RefusedBy, Returned, StaleInput, Trapped, error_of
from camshaft.values.times import from_datetime

BEGIN: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""The time at which tests begin: a Monday morning."""
_SECOND: Final = timedelta(seconds=1)
_TICK: Final = timedelta(microseconds=1)

M = TypeVar("M", bound=Machine)


@dataclass(frozen=True)
class Call:
    """An input of a test: a method and its arguments, the key of its instance, and how much time passes before it.

    `args` and `kwargs` are Python objects, as one calls the method with them. Use `call` to write one.
    """

    method: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    key: str | None = None
    wait: timedelta = _SECOND

    def __str__(self) -> str:
        given = [*map(repr, self.args), *(f"{name}={value!r}" for name, value in self.kwargs.items())]
        where = "" if self.key is None else f"{self.key}: "
        waited = "" if self.wait == _SECOND else f"  (after {self.wait})"
        return f"{where}{self.method}({', '.join(given)}){waited}"


def call(method: str, /, *args: Any, key: str | None = None, wait: timedelta = _SECOND, **kwargs: Any) -> Call:
    """An input of a test, written as a call: `call("deposit", "ann", 5)`, `call("incr", key="a")`.

    A method's own parameter `key` or `wait` is given by its position.
    """
    return Call(method, args, kwargs, key, wait)


@dataclass(frozen=True, slots=True)
class Step:
    """An input as an engine takes it: the entry, and the time and the seed of its batch. `shown` is for people."""

    entry: Input
    time_us: int
    seed: bytes
    index: int
    shown: str

    def on(self, engine: Engine) -> Outcome:
        """Let an engine take it, as its next entry."""
        batch = Entries(self.time_us, self.seed, [self.entry])
        outcome = engine.apply_one(self.entry, batch, engine.position, self.index)
        engine.position += 1
        engine.time_us = self.time_us
        return outcome


class Version(Generic[M]):
    """A version of a machine: its class, its program, and the way between its objects and values."""

    def __init__(self, machine: type[M]) -> None:
        self.machine = machine
        self.binding = Binding(machine)
        self.name = self.binding.program.name

    @cached_property
    def id(self) -> str:
        """The program's id."""
        return program_id(self.binding.program)

    def engine(self) -> Engine:
        """An engine that runs this version, and has no instances yet."""
        return forked(self._fresh)

    @cached_property
    def _fresh(self) -> Engine:
        engine = Engine()
        engine.apply(0, Entries(from_datetime(BEGIN), b"", [Deploy(encode_program(self.binding.program))]))
        return engine

    def object_of(self, state: Any) -> M:
        """A plain object of the machine's class that holds a state."""
        obj: M = from_value(self.binding.compiled.state_type_py, state)
        return obj

    def answer(self, method: str, outcome: Outcome) -> Any:
        """What became of an input as its caller sees it: the result, or the exception."""
        match outcome:
            case Returned():
                return from_value(self.binding.methods[method].result, outcome.value)
            case RefusedBy() | Trapped() | StaleInput():
                return self.binding.result(self.binding.program.methods[0], error_of(outcome))
            case _:
                raise AssertionError(f"an input had the outcome {outcome!r}")

    def steps(self, calls: Iterable[Call], begin_us: int = from_datetime(BEGIN), first: int = 0) -> Iterator[Step]:
        """The steps that calls make, with the time that passes from `begin_us` on; `first` is the number of the first.

        Raises TypeError or Rejected, as the client does, where the arguments are not those of the method.
        """
        time_us = begin_us
        for number, one in enumerate(calls, first):
            time_us += one.wait // _TICK
            yield Step(self._entry(one), time_us, number.to_bytes(16, "big"), 0, str(one))

    def _entry(self, one: Call) -> Input:
        if one.method not in self.binding.methods:
            known = ", ".join(self.binding.methods)
            raise TypeError(f"{self.machine.__name__} has no method {one.method!r}; it has {known}")
        address = self.binding.address(one.key)
        made = self.binding.call(address, one.method, one.args, one.kwargs)
        arguments = []
        for parameter in made.method.parameters:
            if parameter.name in made.arguments:
                arguments.append(made.arguments[parameter.name])
            else:
                # Binding the Python arguments has made sure that only what has a default is left out.
                assert parameter.default is not None
                arguments.append(parameter.default.value)
        return Input(address.machine, address.key, one.method, tuple(arguments), self.id)
