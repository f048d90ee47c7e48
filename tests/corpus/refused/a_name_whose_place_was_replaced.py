"""Python's name would still show the old object."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass
class Lot:
    bids: int = 0


class Auction(Machine):
    lots: dict[str, Lot] = {}

    def go(self, key: str, other: str) -> int:
        lot = self.lots[key]
        self.lots[other] = Lot()
        lot.bids += 1  # error: CAM012
        return 0
