"""What is gathered from the state is read until it changes there."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass
class Lot:
    best: int = 0


class Hall(Machine):
    lots: list[Lot] = []

    def _raise(self) -> None:
        for lot in self.lots:
            lot.best += 1

    def go(self) -> int:
        out: list[Lot] = []
        for lot in self.lots:
            out.append(lot)
        self._raise()
        return out[0].best  # error: CAM012
