"""Methods that change their object do so where that stands: one version for each shape of place."""

from __future__ import annotations

from dataclasses import dataclass, field

from camshaft import Machine
from camshaft.language.compile import compile_machine
from generators.differential import agree, call


@dataclass
class Bid:
    who: str
    amount: int

    def lower(self, by: int) -> int:
        self.amount //= by
        return self.amount


@dataclass
class Lot:
    bids: list[Bid] = field(default_factory=list)
    best: Bid | None = None

    def bid(self, who: str, amount: int) -> int:
        self.bids.append(Bid(who, amount))
        if self.best is None:
            self.best = Bid(who, amount)
        elif amount > self.best.amount:
            self.best.who = who
            self.best.amount = amount
        return len(self.bids)

    def lowered(self, by: int) -> int:
        total = 0
        for bid in self.bids:
            total += bid.lower(by)
        return total

    def last(self) -> Bid:
        return self.bids[-1]

    def of(self, who: str) -> Bid | None:
        for bid in self.bids:
            if bid.who == who:
                return bid
        return None

    def made(self, who: str) -> Bid:
        bid = self.of(who)
        if bid is None:
            bid = Bid(who, 0)
            self.bids.append(bid)
        return bid

    def greatest(self, count: int) -> Bid:
        return max(self.bids[:count], key=lambda bid: bid.amount)


@dataclass
class Hall:
    lots: dict[str, Lot] = field(default_factory=dict)

    def bid(self, name: str, amount: int) -> int:
        lot = self.lots.get(name)
        if lot is None:
            lot = Lot()
            self.lots[name] = lot
        return lot.bid(name, amount)

    def moved(self, name: str, other: str) -> int:
        lot = self.lots.pop(name)
        self.lots[other] = lot
        return lot.bid(other, 1) + self.lots[other].bid(name, 2)


class Auction(Machine):
    lots: dict[str, Lot] = {"a": Lot()}
    rows: list[list[Lot]] = [[Lot(), Lot([Bid("x", 9)])], []]
    hall: Hall = Hall()

    def bid(self, name: str, amount: int) -> int:
        return self.lots[name].bid(name, amount)

    def named(self, name: str, amount: int) -> int:
        lot = self.lots[name]
        name = "another"
        return lot.bid(name, amount) + lot.bids[-1].amount

    def at(self, y: int, x: int, by: int) -> int:
        return self.rows[y][x].bid("row", by) + self.rows[y][x].lowered(by)

    def everywhere(self, amount: int) -> int:
        total = 0
        for name, lot in self.lots.items():
            total += lot.bid(name, amount)
        for row in self.rows:
            for lot in row:
                total += lot.bid("all", amount)
        return total

    def own(self, amount: int) -> Lot:
        lot = Lot()
        lot.bid("own", amount)
        self.lots["own"] = lot
        lot.bid("stored", amount)
        return lot

    def inside(self, name: str, amount: int) -> int:
        return self.hall.bid(name, amount) * 10 + self.hall.lots[name].bid(name, amount + 1)

    def moved(self, name: str, other: str) -> int:
        return self.hall.moved(name, other)

    def parts(self, name: str, amount: int) -> int:
        self.lots[name].last().amount += amount
        found = self.lots[name].of("x")
        if found is not None:
            found.amount *= amount
        made = self.rows[0][-1].made(name)
        made.amount += amount
        self.rows[0].append(Lot())
        made.amount += 100
        self.rows[-2][-1].made("late").amount = amount
        lot = self.lots[name]
        greatest = lot.greatest(amount)
        greatest.who += "+"
        lot.made("last").lower(1)
        return lot.made("last").amount + made.amount + self.rows[0][-1].bids[0].amount

    def everyone(self, who: str) -> int:
        total = 0
        for lot in self.lots.values():
            mine = lot.made(who)
            mine.amount += 1
            total += lot.last().amount
        return total

    def argument_fails(self, name: str) -> int:
        return self.lots[name].bid(name, 1 // 0)


def test_they_mean_what_python_means_wherever_the_object_is() -> None:
    outcomes = agree(
        Auction,
        *(call("bid", name, amount) for name, amount in (("a", 3), ("b", 1), ("a", 5))),
        call("named", "a", 7),
        *(call("at", y, x, by) for y, x, by in ((0, 0, 2), (0, -1, 3), (0, 2, 1), (1, 0, 1), (-2, 1, 0))),
        call("own", 4),
        call("everywhere", 6),
        *(call("inside", name, 8) for name in ("q", "q", "r")),
        *(call("parts", name, amount) for name, amount in (("a", 2), ("a", 0), ("b", 1), ("own", 3), ("a", -1))),
        *(call("everyone", who) for who in ("a", "own", "x")),
        *(call("moved", name, other) for name, other in (("q", "s"), ("q", "s"), ("s", "r"))),
        *(call("argument_fails", name) for name in ("a", "none")),
    )
    assert outcomes[1] is KeyError
    assert outcomes[8] is ZeroDivisionError
    assert outcomes[-1] is KeyError


def test_a_method_is_lowered_once_for_each_shape_of_place() -> None:
    functions = {one.name for one in compile_machine(Auction).program.functions}
    assert {"Lot_bid_in_lots_each", "Lot_bid_in_rows_each_each", "Lot_bid_in_hall_lots_each"} <= functions
    # What a method of its own has is changed as a value; of records of scalars there is one version only.
    assert "Lot_bid" in functions
    assert [name for name in functions if name.startswith("Bid_lower")] == ["Bid_lower"]


@dataclass
class Pile:
    cards: list[int] = field(default_factory=list)

    def put(self, card: int) -> None:
        self.cards.append(card)


class Table(Machine):
    piles: dict[str, Pile] = {}

    def put(self, name: str, card: int) -> None:
        if name not in self.piles:
            self.piles[name] = Pile()
        self.piles[name].put(card)


def test_a_method_that_only_versions_of_are_called_is_left_out() -> None:
    assert [one.name for one in compile_machine(Table).program.functions] == ["Pile_put_in_piles_each"]
