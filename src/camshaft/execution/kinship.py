"""Which names of generated code may stand for one container, or for containers of which one holds the other.

A container that was just made belongs to nobody: storing it is moving it. That is right only where nothing that goes on
to be used is, holds, or is held by it. Kin are names that this may be so for; who reads a value under another name,
takes a part out of it or builds another one around it makes both kin.

It errs on one side: names that were kin stay so, and so do all that are kin of the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from camshaft.execution.symbols import Atom, Distributed, Lazy, Pack, Symbol, Tagged

_TEMPORARY: Final = re.compile(r"\b[etr]\d+\b")
"""Of what may be nobody else's. Fields, local slots, parameters and constants are somebody's: those are borrowed."""


class Kinship:
    """The names that are kin of each other, in disjoint sets."""

    def __init__(self) -> None:
        self._towards: dict[str, str] = {}

    def relate(self, name: str, text: str) -> None:
        """A name stands for what an expression gives: it may be what the names in it stand for, or hold it."""
        for other in _TEMPORARY.findall(text):
            self._towards[self._root(other)] = self._root(name)

    def within(self, symbol: Symbol) -> Iterator[str]:
        """The kin of each container that a symbol stands for, as often as it is in there."""
        match symbol:
            case Atom():
                if symbol.type.is_mutable:
                    for name in _TEMPORARY.findall(symbol.text):
                        yield self._root(name)
            case Pack(_, parts):
                for part in parts:
                    yield from self.within(part)
            case Tagged():
                yield from self.within(symbol.payload)
            case Distributed():
                yield from self.within(symbol.record)
            case Lazy():
                for operand in symbol.operands:
                    yield from self.within(operand)

    def holds_nothing_twice(self, *symbols: Symbol) -> bool:
        """Whether no container can be in symbols more than once."""
        found = [root for symbol in symbols for root in self.within(symbol)]
        return len(set(found)) == len(found)

    def _root(self, name: str) -> str:
        towards = self._towards
        while (above := towards.get(name, name)) != name:
            towards[name] = towards.get(above, above)
            name = above
        return name
