"""A method as a Python function, and what runs it on a cell with an amount of fuel."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from camshaft.bytecode.verified import VerifiedCode
from camshaft.errors import OutOfFuel
from camshaft.execution.statements import Written, text_of

_SETS_FUEL: Final = re.compile(r" *(\w+, )*fuel -?= ")

Runner: TypeAlias = Callable[[tuple[Any, ...], Any, int], Any]
"""What runs a method on arguments, a cell and an amount of fuel, as `Compiled.run` does."""


@dataclass(frozen=True, slots=True)
class CompiledMethod:
    """A method as a Python function of a cell, the arguments, and, where its use of fuel depends on these, what is left
    of the fuel beyond `cost`; last, where it asks for it, of the step's occasion."""

    function: Callable[..., Any]
    lines: tuple[Written, ...]
    code: VerifiedCode
    takes_fuel: bool
    takes_occasion: bool
    cost: int
    returns_unit: bool
    limits: tuple[int, ...] = ()
    """The first lines set `n` and each of these to how often there is fuel for so much; who knows leaves them out."""

    @property
    def keeps_fuel(self) -> bool:
        """Whether it only compares with the fuel that it is given."""
        return not any(_SETS_FUEL.match(line) for line, _ in self.lines)

    @property
    def body(self) -> tuple[Written, ...]:
        """The lines behind the head and those that set the limits."""
        return self.lines[1 + len(self.limits) :]

    @property
    def source(self) -> str:
        return text_of(self.lines)

    def runner(self) -> Runner:
        """What runs the method. It is made once, since a short step takes hardly longer than looking all this up."""
        function, cost, returns_unit = self.function, self.cost, self.returns_unit

        def run(arguments: tuple[Any, ...], cell: Any, fuel: int) -> Any:
            if cost > fuel:
                raise _too_little(cost, fuel)
            result = function(cell, *arguments)
            return () if returns_unit else result

        def run_on_fuel(arguments: tuple[Any, ...], cell: Any, fuel: int) -> Any:
            if cost > fuel:
                raise _too_little(cost, fuel)
            result = function(cell, *arguments, fuel=fuel - cost)
            return () if returns_unit else result

        return run_on_fuel if self.takes_fuel else run


def _too_little(cost: int, fuel: int) -> OutOfFuel:
    return OutOfFuel(f"the input needs at least {cost} units of fuel, but only {fuel} are left")
