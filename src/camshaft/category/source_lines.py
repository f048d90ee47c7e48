"""The lines of a source file that terms come from, kept beside the terms.

Terms are plain data that is equal by structure, and laws rewrite them: a line within a term would make equal terms
differ, and a constructor for it would stand between the parts that a law matches. So lines are kept in a table by the
identity of the operations. Composing terms keeps its parts as the objects that they are, which is why only operations
are in the table, and no composition: those are taken apart and made anew all the time. What a simplifier makes anew
is not in the table and has no line.

Rule: an operation is one object for one place in the source. A term that two places share has the line of the first.
"""

from __future__ import annotations

from typing import Final

from camshaft.category import terms as t
from camshaft.category.subterms import parts
from camshaft.category.terms import Term

_OPERATIONS: Final = (
    t.Primitive, t.Call, t.Ask, t.Get, t.Put, t.Delete, t.Append, t.Each, t.MapEach, t.While, t.Apply, t.Refuse, t.Trap,
)  # fmt: skip
"""What can refuse, trap or use up the fuel, and calls."""


class SourceLines:
    """The lines of operations, by the identity of their terms."""

    def __init__(self) -> None:
        # With each line the term itself: as long as it lives, nothing else can have its id.
        self._marked: dict[int, tuple[Term, int]] = {}
        self._walked: dict[int, Term] = {}

    def mark(self, term: Term, line: int) -> None:
        """Say that all operations in a term come from this line, apart from those that were marked before.

        Called for each piece of syntax from the inside out, so that an operation has the line of the smallest piece
        that it is of, as in Python. No term is walked twice.
        """
        walked = self._walked
        waiting = [term]
        while waiting:
            found = waiting.pop()
            key = id(found)
            if key in walked:
                continue
            walked[key] = found
            if isinstance(found, _OPERATIONS):
                self._marked[key] = found, line
            waiting += parts(found)

    def line_of(self, term: Term) -> int:
        """The line of an operation, counted from 1; 0 where it has none."""
        found = self._marked.get(id(term))
        return 0 if found is None else found[1]
