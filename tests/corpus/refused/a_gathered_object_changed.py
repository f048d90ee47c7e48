"""What is gathered from the state is only read."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass
class Lot:
    best: int = 0


class Hall(Machine):
    lots: list[Lot] = []

    def go(self) -> None:
        out: list[Lot] = []
        for lot in self.lots:
            out.append(lot)
        out.sort(key=lambda lot: lot.best)
        out[0].best = 3  # error: CAM023
