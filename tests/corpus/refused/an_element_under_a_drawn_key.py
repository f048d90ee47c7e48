"""What is drawn twice differs: elements under a drawn key are changed once that has a name."""

from dataclasses import dataclass

import camshaft as cam
from camshaft import Machine


@dataclass
class Item:
    n: int = 0


class Box(Machine):
    lots: dict[int, list[Item]] = {0: [Item()], 1: []}

    def go(self) -> None:
        for item in self.lots[cam.randrange(2)]:
            item.n += 1  # error: CAM012

    def one(self) -> None:
        best = min(self.lots[cam.randrange(2)], key=lambda one: one.n)
        best.n += 1  # error: CAM012

    def read(self) -> int:
        lot = self.lots[cam.randrange(2)]
        for item in lot:
            item.n += 1
        return sum(item.n for item in self.lots[cam.randrange(2)])
