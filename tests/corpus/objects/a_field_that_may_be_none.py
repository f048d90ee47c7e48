"""A name for a field that may be None is a name for its object, once that is known to be there."""

from __future__ import annotations

from dataclasses import dataclass, field

from camshaft import Machine


@dataclass
class Lot:
    best: int = 0
    bids: list[int] = field(default_factory=list)
    notes: list[int] | None = None


@dataclass
class Flat:
    a: int = 0
    b: int = 0


class Hall(Machine):
    maybe: Lot | None = None
    flat: Flat | None = None
    lots: dict[str, Lot] = {}
    seen: int = 0

    def set(self, name: str, yes: bool) -> None:
        self.maybe = Lot() if yes else None
        self.flat = Flat() if yes else None
        self.lots[name] = Lot(notes=[] if yes else None)

    def changed(self, n: int) -> int:
        found = self.maybe
        if found is None:
            return n
        found.bids.append(n)
        found.best += n
        self.seen += 1
        return found.bids[-1] + found.best

    def of_numbers(self, n: int) -> int:
        found = self.flat
        if found is not None:
            found.a += n
            found.b = found.a
            return found.b
        return 0

    def of_an_element(self, name: str) -> int:
        lot = self.lots.get(name)
        if lot is None:
            return 0
        notes = lot.notes
        if notes is None:
            lot.notes = [9]
            notes = lot.notes
        notes.append(3)
        return len(notes)

    def in_a_loop(self, n: int) -> int:
        total = 0
        for i in range(3):
            lot = self.maybe
            if lot is None:
                break
            lot.best += i
            total += lot.best
            if lot.best > n:
                self.maybe = None
        return total
