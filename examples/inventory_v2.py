"""The shop gets a second room: stock is kept by shelf, and one reservation may hold several items."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import camshaft as cam
import inventory
from camshaft import Machine, Refusal, migration
from inventory import HOLD, NoReservation, OutOfStock

FIRST_ROOM = "front"


@dataclass
class Item:
    """`shelves`: how many lie where; `promised`: how many of them are held by reservations that nobody took back."""

    shelves: dict[str, int]
    promised: int = 0

    def on_hand(self) -> int:
        return sum(self.shelves.values())


@dataclass(frozen=True)
class Reservation:
    lines: dict[str, int]
    until: datetime


class UnknownItem(Refusal):
    sku: str


class Inventory(Machine):
    """What is on the shelves of one shop, by room, and what of it is promised to somebody."""

    items: dict[str, Item] = {}
    reservations: dict[str, Reservation] = {}

    def receive(self, sku: str, quantity: int, shelf: str = FIRST_ROOM) -> int:
        """Goods have arrived on a shelf; gives how many of them there are now, everywhere."""
        assert quantity > 0, f"a delivery brings something, not {quantity}"
        item = self.items.get(sku)
        if item is None:
            item = Item(shelves={})
            self.items[sku] = item
        item.shelves[shelf] = item.shelves.get(shelf, 0) + quantity
        return item.on_hand()

    def reserve(self, lines: dict[str, int], hold: timedelta = HOLD) -> str:
        """Hold all of these for a while, or nothing; gives the number to confirm or release it by."""
        self.forget_expired()
        for sku, quantity in lines.items():
            assert quantity > 0, f"a reservation holds something, not {quantity}"
            if quantity > self.free(sku):
                raise OutOfStock(sku=sku, wanted=quantity, free=self.free(sku))
        for sku, quantity in lines.items():
            self.items[sku].promised += quantity
        number = cam.uuid()
        self.reservations[number] = Reservation(dict(lines), cam.now() + hold)
        return number

    def confirm(self, number: str) -> None:
        """The reserved goods leave the shop, from the fullest shelves first."""
        self.forget_expired()
        for sku, quantity in self._take(number).lines.items():
            item = self.items[sku]
            item.promised -= quantity
            left = quantity
            while left > 0:
                shelf = max(item.shelves, key=lambda name: item.shelves[name])
                taken = min(left, item.shelves[shelf])
                item.shelves[shelf] -= taken
                left -= taken

    def release(self, number: str) -> None:
        """The reserved goods are not wanted any more."""
        for sku, quantity in self._take(number).lines.items():
            self.items[sku].promised -= quantity

    def move(self, sku: str, origin: str, target: str, quantity: int) -> None:
        """Carry some of an item from one shelf to another."""
        if sku not in self.items:
            raise UnknownItem(sku)
        shelves = self.items[sku].shelves
        assert 0 < quantity <= shelves[origin], f"{origin} has {shelves[origin]} of {sku}, not {quantity}"
        shelves[origin] -= quantity
        shelves[target] = shelves.get(target, 0) + quantity

    def free(self, sku: str) -> int:
        """How many of an item can be reserved now."""
        item = self.items.get(sku)
        return 0 if item is None else item.on_hand() - item.promised

    def report(self) -> list[tuple[str, int, int]]:
        """Each item with what is on hand and what is free, by name."""
        return [
            (sku, item.on_hand(), self.free(sku))
            for sku, item in sorted(self.items.items(), key=lambda entry: entry[0])
        ]

    def forget_expired(self) -> int:
        """Free what is held by reservations whose time is over; gives how many there were."""
        now = cam.now()
        over = [number for number, one in self.reservations.items() if one.until <= now]
        for number in over:
            self.release(number)
        return len(over)

    def _take(self, number: str) -> Reservation:
        held = self.reservations.pop(number, None)
        if held is None:
            raise NoReservation(number)
        return held


@migration
def add_rooms(was: inventory.Inventory) -> Inventory:
    promised: dict[str, int] = {}
    for one in was.reservations.values():
        promised[one.sku] = promised.get(one.sku, 0) + one.quantity
    return Inventory(
        items={sku: Item({FIRST_ROOM: count}, promised.get(sku, 0)) for sku, count in was.on_hand.items()},
        reservations={
            number: Reservation({one.sku: one.quantity}, one.until) for number, one in was.reservations.items()
        },
    )
