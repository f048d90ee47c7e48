"""`xs[i], i = …` uses the old `i` for the index."""

from camshaft import Machine


class Slots(Machine):
    slots: list[int] = [0, 0, 0]

    def put(self, old: int, new: int, value: int) -> int:
        i = old
        self.slots[i], i = value, new
        return i
