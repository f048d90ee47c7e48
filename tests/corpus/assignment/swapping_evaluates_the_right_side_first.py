"""`xs[i], xs[j] = xs[j], xs[i]` swaps, also where `i == j`."""

from camshaft import Machine


class Slots(Machine):
    slots: list[int] = [1, 2, 3]

    def swap(self, i: int, j: int) -> None:
        self.slots[i], self.slots[j] = self.slots[j], self.slots[i]
