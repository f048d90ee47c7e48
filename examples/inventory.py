"""Stock that can be reserved for a while: what is not confirmed in time is free again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import camshaft as cam
from camshaft import Machine, Refusal

HOLD = timedelta(minutes=15)


@dataclass(frozen=True)
class Reservation:
    sku: str
    quantity: int
    until: datetime


class OutOfStock(Refusal):
    sku: str
    wanted: int
    free: int


class NoReservation(Refusal):
    """It was never made, was released, or its time is over."""

    number: str


class Inventory(Machine):
    """What is on the shelves of one shop, and what of it is promised to somebody."""

    on_hand: dict[str, int] = {}
    reservations: dict[str, Reservation] = {}

    def receive(self, sku: str, quantity: int) -> int:
        """Goods have arrived; gives how many of them there are now."""
        assert quantity > 0, f"a delivery brings something, not {quantity}"
        self.on_hand[sku] = self.on_hand.get(sku, 0) + quantity
        return self.on_hand[sku]

    def reserve(self, sku: str, quantity: int, hold: timedelta = HOLD) -> str:
        """Hold some of an item for a while; gives the number to confirm or release it by."""
        assert quantity > 0, f"a reservation holds something, not {quantity}"
        self._forget_expired()
        free = self.free(sku)
        if quantity > free:
            raise OutOfStock(sku=sku, wanted=quantity, free=free)
        number = cam.uuid()
        self.reservations[number] = Reservation(sku, quantity, cam.now() + hold)
        return number

    def confirm(self, number: str) -> int:
        """The reserved goods leave the shop; gives how many are left on the shelf."""
        held = self._take(number)
        self.on_hand[held.sku] -= held.quantity
        return self.on_hand[held.sku]

    def release(self, number: str) -> None:
        """The reserved goods are not wanted any more."""
        self._take(number)

    def free(self, sku: str) -> int:
        """How many of an item can be reserved now."""
        now = cam.now()
        held = sum(one.quantity for one in self.reservations.values() if one.sku == sku and one.until > now)
        return self.on_hand.get(sku, 0) - held

    def report(self) -> list[tuple[str, int, int]]:
        """Each item with what is on hand and what is free, by name."""
        return [(sku, count, self.free(sku)) for sku, count in sorted(self.on_hand.items())]

    def _take(self, number: str) -> Reservation:
        held = self.reservations.pop(number, None)
        if held is None or held.until <= cam.now():
            raise NoReservation(number)
        return held

    def _forget_expired(self) -> None:
        now = cam.now()
        self.reservations = {number: one for number, one in self.reservations.items() if one.until > now}
