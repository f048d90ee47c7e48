"""Generated code that sees at run time whether what the compiler says of its integers is true.

A wrong claim seldom shows in results: what it leaves out is a check that hardly ever fails.
"""

from __future__ import annotations

from functools import partial

from camshaft.execution.bounds import Bounds
from camshaft.execution.compiler import Compiled
from camshaft.execution.statements import Line
from camshaft.execution.symbols import Atom, Symbol
from camshaft.execution.translator import Translator
from camshaft.values.types import INT, WIDE


class WrongClaim(AssertionError):
    """An integer is not within the bounds that the compiler reckons with."""


class _Claiming(Translator):
    """Writes down a check of each claim, where it is made."""

    def _bounds(self, symbol: Symbol) -> Bounds:
        found = super()._bounds(symbol)
        if isinstance(symbol, Atom) and symbol.type in (INT, WIDE) and not self._looks_for_counters:
            claim = partial(_check, self._known.absolute(found))
            self._out.append(Line(f"{self._constants.name(claim)}({symbol.text})"))
        return found


class Claiming(Compiled):
    """Compiled code that checks what its compiler claims."""

    translator = _Claiming


def _check(bounds: Bounds, integer: int) -> None:
    if not bounds.low <= integer <= bounds.high:
        raise WrongClaim(f"{integer:x} is not in {bounds.low:x} to {bounds.high:x}")
