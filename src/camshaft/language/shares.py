"""What the elements of something iterated share with others."""

from __future__ import annotations

from dataclasses import dataclass

from camshaft.language.lowered import Borrow
from camshaft.language.pytypes import PyType, is_mutable


@dataclass(frozen=True, slots=True)
class Shares:
    """The containers of others that an element is or holds.

    `parts`: where the element is a new tuple, such as an entry of a dict, the same of each of its parts.
    """

    borrows: tuple[Borrow, ...] = ()
    parts: tuple[Shares, ...] | None = None

    @staticmethod
    def of_parts(*parts: Shares) -> Shares:
        """Those of a new tuple that holds these parts."""
        return Shares(tuple(borrow.held() for part in parts for borrow in part.borrows), parts)

    def part(self, index: int, type_: PyType) -> Shares:
        """Those of a part of a tuple."""
        if not is_mutable(type_):
            return Shares()
        if self.parts is not None:
            return self.parts[index]
        return Shares(
            tuple(borrow.step(str(index), type_) if borrow.exact else borrow.held() for borrow in self.borrows)
        )
