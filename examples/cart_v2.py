"""The cart counts in any currency, its lines can be changed one by one, and coupons are worth what they say."""

from dataclasses import dataclass

import cart
from camshaft import Machine, migration
from cart import MAX_QUANTITY, NothingToOrder, NotOpen, Open, Ordered, Shipped, TooMany, UnknownItem

COUPON_CENTS = 100


@dataclass
class Line:
    title: str
    quantity: int
    price_cents: int
    note: str = ""

    def total_cents(self) -> int:
        return self.quantity * self.price_cents


@dataclass(frozen=True)
class Cancelled:
    why: str


Status = Open | Ordered | Shipped | Cancelled


class ShoppingCart(Machine, name="cart"):
    """What a customer is about to buy, until it is ordered and shipped, or is not."""

    lines: dict[str, Line] = {}
    status: Status = Open()
    coupons: dict[str, int] = {}
    currency: str = "EUR"

    def add(self, sku: str, title: str, price_cents: int, quantity: int = 1) -> int:
        """Put more of an item into the cart; gives the quantity that is now in it."""
        self._check_open()
        assert quantity > 0, f"a quantity is positive, not {quantity}"
        assert price_cents >= 0, f"a price is not negative, as {price_cents} is"
        line = self.lines.get(sku)
        if line is None:
            line = Line(title, 0, price_cents)
            self.lines[sku] = line
        if line.quantity + quantity > MAX_QUANTITY:
            raise TooMany(sku=sku, wanted=line.quantity + quantity)
        line.quantity += quantity
        line.title = title
        line.price_cents = price_cents
        return line.quantity

    def change(self, sku: str, quantity: int) -> None:
        """Set the quantity of an item that is in the cart; with 0 it is taken out."""
        self._check_open()
        if sku not in self.lines:
            raise UnknownItem(sku)
        if quantity > MAX_QUANTITY:
            raise TooMany(sku=sku, wanted=quantity)
        if quantity > 0:
            self.lines[sku].quantity = quantity
        else:
            del self.lines[sku]

    def annotate(self, sku: str, note: str) -> None:
        """Write something beside an item: a greeting, a colour."""
        self._check_open()
        if sku not in self.lines:
            raise UnknownItem(sku)
        self.lines[sku].note = note.strip()

    def remove(self, sku: str) -> None:
        """Take an item out, whatever its quantity."""
        self.change(sku, 0)

    def redeem(self, coupon: str, cents: int = COUPON_CENTS) -> bool:
        """Use a coupon; False where it has been used before."""
        self._check_open()
        if coupon in self.coupons:
            return False
        self.coupons[coupon] = cents
        return True

    def order(self, number: str) -> int:
        """Order what is in the cart; gives the total in cents."""
        self._check_open()
        if not self.lines:
            raise NothingToOrder()
        total = self.total()
        self.status = Ordered(number=number, total_cents=total)
        return total

    def ship(self, parcel: str) -> None:
        """The parcel has left."""
        match self.status:
            case Ordered(number=number):
                self.status = Shipped(number, parcel)
            case _:
                raise NotOpen(status=self.describe())

    def cancel(self, why: str) -> None:
        """Nothing will be bought; what has been shipped cannot be cancelled."""
        if isinstance(self.status, Shipped):
            raise NotOpen(status=self.describe())
        self.status = Cancelled(why)

    def total(self) -> int:
        """The price of everything, less the coupons, in cents."""
        total = sum(line.total_cents() for line in self.lines.values())
        return max(0, total - sum(self.coupons.values()))

    def titles(self) -> dict[str, str]:
        """The titles by item, of what is in the cart."""
        return {sku: line.title for sku, line in self.lines.items()}

    def receipt(self) -> list[str]:
        """The cart as it is printed."""
        return [
            f"{line.quantity:>3} {line.title:<20} {_amount(line.total_cents()):>9} {self.currency}"
            for line in self.lines.values()
        ]

    def describe(self) -> str:
        """The status in words."""
        match self.status:
            case Open():
                return f"open with {len(self.lines)} items"
            case Ordered(number=number, total_cents=total):
                return f"order {number} over {total} cents"
            case Shipped(number=number, parcel=parcel):
                return f"order {number} shipped in {parcel}"
            case Cancelled(why=why):
                return f"cancelled: {why}"

    def _check_open(self) -> None:
        if not isinstance(self.status, Open):
            raise NotOpen(status=self.describe())


def _amount(cents: int) -> str:
    """Cents as people write them: `12.05`."""
    return f"{cents // 100}.{cents % 100:02}"


@migration
def widen(was: cart.ShoppingCart) -> ShoppingCart:
    return ShoppingCart(
        lines={sku: Line(one.title, one.quantity, one.price_cents) for sku, one in was.lines.items()},
        status=was.status,
        coupons=dict.fromkeys(was.coupons, COUPON_CENTS),
    )
