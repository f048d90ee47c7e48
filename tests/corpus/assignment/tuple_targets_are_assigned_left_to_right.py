"""`i, xs[i] = …` uses the new `i` for the index."""

from camshaft import Machine


class Slots(Machine):
    slots: list[int] = [0, 0, 0]

    def put(self, old: int, new: int, value: int) -> list[int]:
        i = old
        i, self.slots[i] = new, value
        return self.slots
