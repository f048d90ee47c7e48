"""What only an author can decide about a state, said with every reading and the text to write for each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that a change may mean, and what to write where it does."""

    meaning: str
    write: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A change of a state that has no reading by itself, or more than one. `path` is where, as `lines[].price`."""

    path: str
    what: str
    readings: tuple[Reading, ...] = ()

    def lines(self) -> list[str]:
        """As people read it."""
        shown = [f"  {self.what}"]
        width = max((len(one.meaning) for one in self.readings), default=0)
        shown += [f"    {one.meaning:<{width}}  {one.write}" for one in self.readings]
        return shown
