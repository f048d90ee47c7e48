"""What a write does to those who look: the words in which methods and statements tell what they change.

A local name may stand for a place, a loop may go over a container, a capture may show a part of one. Whether they
survive a write is decided in `aliases` from these two facts alone: what kind of change it is, and where.

| | `Kind` | path |
| --- | --- | --- |
| `self.a = x`, `box.a = x` | REPLACES | that field |
| `d[k] = x`, `xs[i] = x`, `del d[k]`, `d.pop(k)` | REPLACES | the element: the container's path and `None` |
| `d.clear()`, `d.update(e)`, a dict's `|=` | REPLACES | the element, as they may do it to any |
| `del xs[i]`, `xs.pop()`, `insert`, `remove`, `sort`, `reverse`, `clear` | SHIFTS | the list |
| `xs.append(x)`, `extend`, `xs += ys`, `d.setdefault(k, x)`, all of sets | GROWS | the container |

A method that changes a container calls `aliases.changed(body, Kind.…, path, node)` once it is lowered, and
`aliases.give` for each value that it stores.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from camshaft.language.lowered import SELF, Path, overlap


class Kind(Enum):
    """What a write does to what is at its path."""

    REPLACES = "what is at the path gets another value, or is taken away: names for it, and into it, end there"
    SHIFTS = "the elements of the list at the path move: names for its elements end there"
    GROWS = "elements are added to the container at the path, or those without a name go: no name ends"


@dataclass(frozen=True, slots=True)
class Change:
    """A write, as callers of the method that it is in know it."""

    kind: Kind
    path: Path

    @property
    def of(self) -> Path:
        """The path of the object that changes in place: the container, or the record whose field it is."""
        return self.path[:-1] if self.kind is Kind.REPLACES else self.path

    def is_within(self, path: Path) -> bool:
        """Whether it may change the object at a path, or one within that."""
        return self.of != (SELF,) and overlap(self.of, path) and len(self.of) >= len(path)

    def takes_away(self, path: Path) -> bool:
        """Whether it may put something else where a path leads, or nothing."""
        shorter = len(self.path) <= len(path) if self.kind is Kind.REPLACES else len(self.path) < len(path)
        return overlap(self.path, path) and shorter and self.kind is not Kind.GROWS
