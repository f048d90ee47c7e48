"""A shopping cart: one instance for each customer, `cart/alice`."""

from dataclasses import dataclass

from camshaft import Machine, Refusal

MAX_QUANTITY = 99


@dataclass(frozen=True)
class Line:
    title: str
    quantity: int
    price_cents: int


@dataclass(frozen=True)
class Open:
    pass


@dataclass(frozen=True)
class Ordered:
    number: str
    total_cents: int


@dataclass(frozen=True)
class Shipped:
    number: str
    parcel: str


Status = Open | Ordered | Shipped


class UnknownItem(Refusal):
    sku: str


class TooMany(Refusal):
    sku: str
    wanted: int
    allowed: int = MAX_QUANTITY


class NotOpen(Refusal):
    status: str


class NothingToOrder(Refusal):
    pass


class ShoppingCart(Machine, name="cart"):
    """What a customer is about to buy, until it is ordered and shipped."""

    lines: dict[str, Line] = {}
    status: Status = Open()
    coupons: list[str] = []

    def add(self, sku: str, title: str, price_cents: int, quantity: int = 1) -> int:
        """Put more of an item into the cart; gives the quantity that is now in it."""
        self._check_open()
        assert quantity > 0, f"a quantity is positive, not {quantity}"
        assert price_cents >= 0, f"a price is not negative, as {price_cents} is"
        line = self.lines.get(sku)
        wanted = quantity if line is None else line.quantity + quantity
        if wanted > MAX_QUANTITY:
            raise TooMany(sku=sku, wanted=wanted)
        self.lines[sku] = Line(title, wanted, price_cents)
        return wanted

    def remove(self, sku: str) -> None:
        """Take an item out, whatever its quantity."""
        self._check_open()
        if sku not in self.lines:
            raise UnknownItem(sku)
        del self.lines[sku]

    def redeem(self, coupon: str) -> bool:
        """Use a coupon; False where it has been used before."""
        self._check_open()
        if coupon in self.coupons:
            return False
        self.coupons.append(coupon)
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

    def total(self) -> int:
        """The price of everything, less 100 cents for each coupon, in cents."""
        total = 0
        for line in self.lines.values():
            total += line.quantity * line.price_cents
        discount = 100 * len(self.coupons)
        return total - discount if total > discount else 0

    def titles(self) -> dict[str, str]:
        """The titles by item, of what is in the cart."""
        return {sku: line.title for sku, line in self.lines.items()}

    def describe(self) -> str:
        """The status in words."""
        match self.status:
            case Open():
                return f"open with {len(self.lines)} items"
            case Ordered(number=number, total_cents=total):
                return f"order {number} over {total} cents"
            case Shipped(number=number, parcel=parcel):
                return f"order {number} shipped in {parcel}"

    def _check_open(self) -> None:
        if not isinstance(self.status, Open):
            raise NotOpen(status=self.describe())
