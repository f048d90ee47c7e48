"""A machine that takes and gives every shape of value, in two versions, for tests of what talks to machines."""

from __future__ import annotations

from dataclasses import dataclass

from camshaft import Machine, Refusal, migration


@dataclass(frozen=True)
class Item:
    """Goods of one kind."""

    sku: str
    count: int


@dataclass(frozen=True)
class Cash:
    """A payment in coins."""

    cents: int


@dataclass(frozen=True)
class Card:
    """A payment by card."""

    number: str


class OutOfStock(Refusal):
    """There is less than was asked for."""

    sku: str
    left: int


class Shop(Machine):
    """The first version."""

    stock: dict[str, int] = {}
    sold: list[Item] = []

    def put(self, sku: str, count: int = 1) -> None:
        """Add goods."""
        self.stock[sku] = self.stock.get(sku, 0) + count

    def take(self, item: Item) -> int:
        """Sell goods; the rest of the stock."""
        left = self.stock[item.sku]
        if left < item.count:
            raise OutOfStock(sku=item.sku, left=left)
        self.stock[item.sku] -= item.count
        self.sold.append(item)
        return self.stock[item.sku]

    def pay(self, payment: Cash | Card) -> str:
        """How a payment reads on the bill."""
        match payment:
            case Cash(cents=cents):
                return f"{cents} in cash"
            case Card(number=number):
                return f"card {number}"

    def last(self) -> Item | None:
        """What was sold last."""
        if len(self.sold) == 0:
            return None
        return self.sold[-1]

    def find(self, sku: str) -> int | None:
        """How many there are, if the shop ever had any."""
        return self.stock.get(sku)

    def is_open(self) -> bool:
        """Whether there is anything to sell."""
        return len(self.stock) > 0

    def goods(self) -> dict[str, int]:
        """The stock."""
        return {sku: count for sku, count in self.stock.items() if count > 0}

    def sales(self) -> list[Item]:
        """What was sold."""
        return self.sold

    def double(self, n: int) -> tuple[int, str]:
        """A number and its text, twice as large."""
        return (n + n, f"{n + n}")

    def close(self) -> None:
        """A method of a name that a client might have wanted for itself."""
        self.stock = {}


class ShopV2(Machine, name="shop"):
    """The second version: it has a limit, and forgets what was sold."""

    stock: dict[str, int] = {}
    limit: int = 10
    sold_count: int = 0

    def put(self, sku: str, count: int = 1) -> None:
        """Add goods."""
        self.stock[sku] = self.stock.get(sku, 0) + count

    def take(self, item: Item) -> int:
        """Sell goods; how many were sold so far."""
        left = self.stock[item.sku]
        if left < item.count:
            raise OutOfStock(sku=item.sku, left=left)
        self.stock[item.sku] -= item.count
        self.sold_count += item.count
        return self.sold_count

    def find(self, sku: str, or_else: int) -> int:
        """How many there are."""
        return self.stock.get(sku, or_else)


@migration
def count_sales(was: Shop) -> ShopV2:
    """Only the number of what was sold is kept."""
    total = 0
    for item in was.sold:
        total += item.count
    return ShopV2(stock=was.stock, sold_count=total)
