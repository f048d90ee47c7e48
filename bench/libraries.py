"""One toggle, in Camshaft and in the two libraries for state machines that Python programs use most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any

import statemachine
import transitions

from camshaft import Machine
from camshaft.simulation import simulate
from contest import contest
from figures import Table, at_least


@dataclass(frozen=True)
class Off:
    pass


@dataclass(frozen=True)
class On:
    pass


class Toggle(Machine):
    state: Off | On = Off()

    def toggle(self) -> None:
        match self.state:
            case Off():
                self.state = On()
            case On():
                self.state = Off()


class TransitionsToggle:
    """A model of `transitions`, which adds the method `toggle` and keeps `state` up to date."""

    state: str
    toggle: Callable[[], bool]

    def __init__(self) -> None:
        changes = [["toggle", "off", "on"], ["toggle", "on", "off"]]
        transitions.Machine(self, states=["off", "on"], transitions=changes, initial="off")


class StatemachineToggle(statemachine.StateMachine):
    """The same with `python-statemachine`."""

    off = statemachine.State(initial=True)
    on = statemachine.State()
    toggle = off.to(on) | on.to(off)


@dataclass(frozen=True, slots=True)
class Library:
    """A contender, and how many times slower than Camshaft's it is, at least."""

    package: str
    make: Callable[[], Any]
    is_on: Callable[[Any], bool]
    steps: int
    limit: float


STEPS = 20_000
"""Of ours in a round, which are over in a millisecond or two."""

LIBRARIES = (
    Library("transitions", TransitionsToggle, lambda toggle: toggle.state == "on", 1_000, 50.0),
    Library("python-statemachine", StatemachineToggle, lambda toggle: toggle.on.is_active, 200, 500.0),
)


def drive(machine: Any, inputs: Sequence[None]) -> None:
    toggle = machine.toggle
    for _ in inputs:
        toggle()


def measure(rounds: int) -> Table:
    """How many times faster a compiled step is."""
    rows, goals = [], []
    for library in LIBRARIES:
        check(library)
        steps, fewer = [None] * STEPS, [None] * library.steps
        found = contest(drive, partial(simulate, Toggle), library.make, steps, rounds, fewer)
        goal = at_least(f"a toggle, {library.package} of Camshaft", found.ratio.median, library.limit, digits=0)
        goals.append(goal)
        rows.append(
            (
                f"{library.package} {version(library.package)}",
                found.first_ns.show(),
                found.second_ns.show(),
                found.ratio.show() + "x",
                *goal.cells,
            )
        )
    columns = ("library", "Camshaft ns", "library ns", "Camshaft is faster", "limit", "")
    return Table("A toggle, beside other state machines", columns, tuple(rows), goals=tuple(goals))


def check(library: Library) -> None:
    """That the contenders toggle alike."""
    ours, other = simulate(Toggle), library.make()
    for _ in range(5):
        if isinstance(ours.state, On) != library.is_on(other):
            raise RuntimeError(f"the toggle of {library.package} is not where Camshaft's is")
        ours.toggle()
        other.toggle()
