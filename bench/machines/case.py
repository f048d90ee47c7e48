"""What a file of this package offers to the benchmark, and how it is seen that the two classes do the same.

The rule of this file: it measures nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from camshaft.language.machine import Machine


@dataclass(frozen=True, slots=True)
class Case:
    """A machine, the plain class beside it, and typical inputs for both."""

    title: str
    limit: float
    """The time of a compiled step, at most, in times of the plain one."""
    machine: type[Machine]
    plain: type[Any]
    inputs: Sequence[Any]
    drive: Callable[[Any, Sequence[Any]], None]
    """Makes one call for each input. Both classes are driven by this code, so the overhead of a call is the same."""
    remark: str = ""


class Recorder:
    """Passes calls on, and keeps what they return."""

    def __init__(self, machine: object) -> None:
        self._machine = machine
        self.results: list[object] = []

    def __getattr__(self, name: str) -> Callable[..., object]:
        method = getattr(self._machine, name)

        def call(*args: object) -> object:
            self.results.append(method(*args))
            return self.results[-1]

        return call


def observed(case: Case, machine: object, inputs: Sequence[Any]) -> tuple[list[object], dict[str, object]]:
    """What each call returns, and the fields afterwards."""
    recorder = Recorder(machine)
    case.drive(recorder, inputs)
    if len(recorder.results) != len(inputs):
        raise RuntimeError(f"{case.title}: {len(inputs)} inputs made {len(recorder.results)} calls")
    names = [name for name in case.machine.__annotations__ if hasattr(machine, name)]
    return recorder.results, {name: _view(getattr(machine, name)) for name in names}


def _view(value: object) -> object:
    """A value in which equal dataclasses of different classes are equal: one side's may be frozen, the other's not."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.astuple(value)
    if isinstance(value, dict):
        return [(key, _view(one)) for key, one in value.items()]
    if isinstance(value, list):
        return [_view(one) for one in value]
    return value
