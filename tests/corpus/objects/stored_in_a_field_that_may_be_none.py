"""An object that is stored in a field that may be None goes on being known by its name."""

from __future__ import annotations

from dataclasses import dataclass, field

from camshaft import Machine


@dataclass
class Lot:
    best: int = 0
    bids: list[int] = field(default_factory=list)
    notes: list[int] | None = None

    def total(self) -> int:
        return self.best + len(self.bids)


@dataclass
class Flat:
    a: int = 0
    b: int = 0


class Hall(Machine):
    maybe: Lot | None = None
    flat: Flat | None = None
    many: list[int] | int = 0

    def taken(self, n: int) -> int:
        lot = self.maybe
        self.maybe = None
        if lot is not None:
            return lot.total() + n
        return 0

    def or_another(self, n: int) -> int:
        lot = self.maybe
        if lot is None:
            lot = Lot(n)
        return lot.total()

    def set(self, yes: bool) -> None:
        self.maybe = Lot() if yes else None
        self.flat = Flat() if yes else None

    def found_or_made(self, n: int) -> int:
        lot = self.maybe
        if lot is None:
            lot = Lot(7)
            self.maybe = lot
        lot.best += n
        lot.bids.append(n)
        return lot.best

    def made(self, n: int) -> int:
        lot = Lot(n)
        self.maybe = lot
        lot.bids.append(n)
        lot.notes = [n]
        return len(lot.bids) + lot.best

    def flat_one(self, n: int) -> int:
        one = self.flat
        if one is None:
            one = Flat(1)
            self.flat = one
        one.a += n
        one.b += one.a
        return one.b

    def parts(self, n: int) -> int:
        lot = Lot(n)
        bids = lot.bids
        self.maybe = lot
        return len(bids)

    def of_a_list(self, n: int) -> int:
        xs = [n]
        self.many = xs
        xs.append(3)
        return len(xs)

    def in_a_loop(self, n: int) -> int:
        total = 0
        for i in range(3):
            lot = Lot(i)
            self.maybe = lot
            lot.best += n
            total += lot.best
        return total

    def again(self, n: int) -> int:
        lot = Lot(n)
        self.maybe = lot
        lot = Lot(2)
        lot.best = 5
        self.maybe.best += 1
        return lot.best + self.maybe.best

    def notes(self, n: int) -> int:
        lot = self.maybe
        if lot is None:
            return 0
        notes = [n]
        lot.notes = notes
        notes.append(4)
        return len(notes)
