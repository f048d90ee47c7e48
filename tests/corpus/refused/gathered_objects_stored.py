"""What is gathered from the state is not stored in it a second time."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass
class Lot:
    best: int = 0


class Hall(Machine):
    lots: list[Lot] = []
    sold: list[Lot] = []

    def go(self) -> None:
        out: list[Lot] = []
        for lot in self.lots:
            out.append(lot)
        while out:
            self.sold.append(out.pop())  # error: CAM012
