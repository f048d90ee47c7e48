"""The pools that operands index: each holds its entries in the order in which they were first asked for."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final, Generic, TypeVar

from camshaft.bytecode.instructions import Operand
from camshaft.bytecode.program import ConstantValue
from camshaft.values.codec import encode

POOLED: Final = (Operand.TYPE, Operand.LABEL, Operand.SHAPE, Operand.CONSTANT, Operand.PLACE)
"""The kinds of operands whose pools grow by being used."""

T = TypeVar("T")


class Pool(Generic[T]):
    """Entries in order; what is asked for and not there yet is added."""

    def __init__(self, key: Callable[[T], Hashable] = lambda item: item) -> None:
        self.items: list[T] = []
        self._key = key
        self._indexes: dict[Hashable, int] = {}

    def declare(self, item: T) -> None:
        """Add an entry, even one that is there already: operands mean the first."""
        self._indexes.setdefault(self._key(item), len(self.items))
        self.items.append(item)

    def index(self, item: T) -> int:
        """The index of an entry."""
        found = self._indexes.get(self._key(item))
        if found is None:
            found = len(self.items)
            self.declare(item)
        return found


def constant_key(constant: ConstantValue) -> Hashable:
    """When two constants are the same: Python's equality takes True for 1 and ignores the order of maps."""
    return (constant.type, encode(constant.type, constant.value))


def new_pools() -> dict[Operand, Pool[Any]]:
    """The pools that operands enter by being used."""
    return {kind: Pool(constant_key) if kind is Operand.CONSTANT else Pool() for kind in POOLED}
