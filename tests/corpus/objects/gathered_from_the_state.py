"""Objects of the state are gathered in containers of a method's own, which are sorted, grouped, paged and returned."""

from __future__ import annotations

from dataclasses import dataclass, field

from camshaft import Machine


@dataclass
class Lot:
    name: str
    best: int = 0
    bids: list[int] = field(default_factory=list)


@dataclass
class Room:
    lots: list[Lot] = field(default_factory=list)

    def ranked(self) -> list[Lot]:
        out: list[Lot] = []
        for lot in self.lots:
            out.append(lot)
        out.sort(key=lambda one: one.best)
        return out


def above(lots: list[Lot], least: int) -> list[Lot]:
    out = []
    for lot in lots:
        if lot.best > least:
            out.append(lot)
    return out


class Hall(Machine):
    lots: list[Lot] = []
    named: dict[str, Lot] = {}
    room: Room = field(default_factory=Room)
    seen: int = 0

    def add(self, name: str, best: int) -> None:
        self.lots.append(Lot(name, best, [best]))
        self.named[name] = Lot(name, best)
        self.room.lots.append(Lot(name, -best))

    def open(self, least: int) -> list[Lot]:
        out: list[Lot] = []
        for lot in self.lots:
            if lot.best > least:
                out.append(lot)
        self.seen += len(out)
        return out

    def _kept(self, least: int) -> list[Lot]:
        return [lot for lot in self.lots if lot.best > least]

    def ranked(self, least: int) -> list[Lot]:
        out = [lot for lot in self.lots if lot.best > least]
        out.sort(key=lambda lot: lot.best)
        out.reverse()
        return out

    def of_a_helper(self, least: int) -> list[Lot]:
        out = self._kept(least)
        out.sort(key=lambda lot: (lot.best, lot.name))
        out.append(Lot("last"))
        return out

    def of_its_objects(self) -> tuple[list[Lot], list[Lot]]:
        return self.room.ranked(), above(self.room.lots, -3)

    def by_name(self) -> dict[str, Lot]:
        out = {}
        for lot in self.lots:
            out[lot.name] = lot
        return out

    def grouped(self) -> dict[str, list[Lot]]:
        out: dict[str, list[Lot]] = {}
        for lot in self.lots:
            out.setdefault(lot.name, []).append(lot)
        for row in out.values():
            row.sort(key=lambda lot: lot.best)
        return out

    def grouped_by_hand(self) -> dict[str, list[Lot]]:
        out: dict[str, list[Lot]] = {}
        for lot in self.lots:
            row = out.get(lot.name)
            if row is None:
                row = []
                out[lot.name] = row
            row.append(lot)
        return out

    def paged(self) -> list[list[Lot]]:
        pages: list[list[Lot]] = []
        page: list[Lot] = []
        for lot in self.lots:
            page.append(lot)
            if len(page) == 2:
                pages.append(page)
                page = []
        if page:
            pages.append(page)
        return pages

    def taken_from(self, name: str) -> int:
        out = list(self.named.values())
        if name in self.named:
            out.insert(0, self.named[name])
        total = 0
        while out:
            lot = out.pop()
            total = total * 3 + lot.best
        return total

    def kept_when_they_leave(self, least: int) -> list[Lot]:
        out: list[Lot] = []
        out.extend(self.lots)
        out += list(self.named.values())
        self.lots = [lot for lot in self.lots if lot.best > least]
        self.named.clear()
        return out[:5]

    def ended(self, least: int) -> int:
        gone: list[Lot] = []
        for lot in self.named.values():
            if lot.best <= least:
                gone.append(lot)
        for lot in gone:
            del self.named[lot.name]
            self.seen += lot.best
        return len(gone)

    def pairs(self) -> list[tuple[int, Lot]]:
        out: list[tuple[int, Lot]] = []
        for lot in self.lots:
            out.append((len(lot.bids), lot))
        out.sort(key=lambda pair: -pair[1].best)
        return out
