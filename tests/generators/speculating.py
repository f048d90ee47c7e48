"""Speculative code with general code behind it, as one execution: what a simulation does, without a class."""

from __future__ import annotations

from collections import Counter
from typing import Any

from camshaft.bytecode.occasion import Occasion
from camshaft.bytecode.verifier import Verified
from camshaft.execution.compiler import Compiled
from camshaft.execution.interpreter import DEFAULT_FUEL
from camshaft.execution.ordinary import REST, SPECULATIVE, NotOrdinary, is_ordinary, suits
from generators import occasions


class Speculating:
    """The same calls as `Compiled`. `seen` counts which code ran a step, and how often speculation was given up."""

    def __init__(self, verified: Verified, made_by: type[Compiled] = Compiled) -> None:
        self.general = made_by(verified)
        self._speculative = made_by(verified, assumed=SPECULATIVE) if suits(verified.program) else None
        self.seen: Counter[str] = Counter()

    def cell(self, state: Any) -> list[Any]:
        """A cell, and whether speculative code runs it."""
        return [self.general.cell(state), self._speculative is not None and is_ordinary(state)]

    def state_of(self, cell: list[Any]) -> Any:
        return self.general.state_of(cell[0])

    def step(
        self,
        method: str,
        arguments: tuple[Any, ...],
        state: Any,
        fuel: int = DEFAULT_FUEL,
        occasion: Occasion | None = None,
    ) -> tuple[Any, Any]:
        cell = self.cell(state)
        result = self.run_on(occasion or occasions.occasion(), method, arguments, cell, fuel)
        return result, self.state_of(cell)

    def run_on(
        self, occasion: Occasion, method: str, arguments: tuple[Any, ...], cell: list[Any], fuel: int = DEFAULT_FUEL
    ) -> Any:
        speculative = self._speculative
        if cell[1] and speculative is not None and method in speculative.methods:
            before = speculative.state_of(speculative.cell(self.state_of(cell)))
            drawn = occasion.draws.count
            try:
                _check(arguments)
                result = speculative.run_on(occasion, method, arguments, cell[0], fuel)
            except NotOrdinary:
                occasion.draws.count = drawn
                assert self.state_of(cell) == before
                self.seen["given up"] += 1
            else:
                self.seen["speculative"] += 1
                return result
        self.seen["general"] += 1
        result = self.general.run_on(occasion, method, arguments, cell[0], fuel)
        cell[1] = False
        return result


def _check(arguments: tuple[Any, ...]) -> None:
    for argument in arguments:
        if not (-REST <= argument <= REST if isinstance(argument, int) else is_ordinary(argument)):
            raise NotOrdinary
