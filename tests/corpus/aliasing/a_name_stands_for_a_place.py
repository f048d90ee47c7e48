"""Its key is evaluated once, and what is changed through it is changed there."""

from dataclasses import dataclass, field

from camshaft import Machine


@dataclass
class Lot:
    price: int
    bids: list[str] = field(default_factory=list)


class Auction(Machine):
    lots: dict[str, Lot] = {"a": Lot(1)}
    calls: int = 0

    def _key(self, key: str) -> str:
        self.calls += 1
        return key

    def bid(self, key: str, price: int) -> int:
        lot = self.lots.get(key)
        if lot is None:
            lot = Lot(0)
            self.lots[key] = lot
        key = "another"
        lot.bids.append(key)
        lot.price = max(lot.price, price)
        return lot.price // (lot.price - price)

    def computed(self, key: str) -> int:
        found = self._key(key)
        lot = self.lots[found]
        lot.bids += ["x", found]
        return len(lot.bids) + self.calls
